package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class WindowScoresTest {
  @Test
  void windowsCountByTheirTokens() {
    WindowScores scores = new WindowScores(2, OptionalInt.empty());
    scores.add(new double[] {1, 0}, new double[] {0.8, 0.2}, 30);
    scores.add(new double[] {0, 1}, new double[] {0.4, 0.6}, 10);

    assertEquals(List.of(0.75, 0.25), scores.probabilities());
    assertEquals(0.7, scores.raw().getFirst(), 1e-12);
    assertEquals(40, scores.tokens());
  }

  @Test
  void theWindowWhereTheAlarmIsLikeliestCounts() {
    WindowScores scores = new WindowScores(2, OptionalInt.of(1));
    scores.add(new double[] {0.9, 0.1}, new double[] {0.99, 0.01}, 100);
    scores.add(new double[] {0.2, 0.8}, new double[] {0.1, 0.9}, 5);
    scores.add(new double[] {0.7, 0.3}, new double[] {0.6, 0.4}, 100);

    assertEquals(List.of(0.2, 0.8), scores.probabilities());
    assertEquals(List.of(0.1, 0.9), scores.raw());
    assertEquals(205, scores.tokens());
  }
}
