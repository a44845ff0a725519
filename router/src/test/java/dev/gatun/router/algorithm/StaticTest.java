package dev.gatun.router.algorithm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.ModelRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StaticTest {
  private static final ModelRef A = ModelRef.of("a");
  private static final ModelRef B = ModelRef.of("b");

  @Test
  void withoutEvidenceTheFirstAnswers() {
    assertEquals(A, Static.plain().choose(question("k", A, B)).candidate());
  }

  @Test
  void equalKeysGetEqualChoices() {
    Question question = question("session-7", ModelRef.weighted("a", 1), ModelRef.weighted("b", 1));
    assertEquals(Static.plain().choose(question), Static.plain().choose(question));
  }

  @Test
  void choicesOverManyKeysFollowTheWeights() {
    ModelRef most = ModelRef.weighted("a", 70);
    ModelRef some = ModelRef.weighted("b", 30);
    ModelRef none = ModelRef.of("c");
    Map<ModelRef, Integer> counts = new HashMap<>();
    int keys = 20_000;
    for (int i = 0; i < keys; i++) {
      Choice choice = Static.plain().choose(question("key-" + i, none, most, some));
      counts.merge(choice.candidate(), 1, Integer::sum);
    }
    // Five standard deviations of a fair draw: 5 · √(0.7 · 0.3 / 20 000) ≈ 0.016.
    assertEquals(0.7, counts.get(most) / (double) keys, 0.016);
    assertTrue(!counts.containsKey(none));
  }

  @Test
  void theHighestScoreOfTheSubjectAnswers() {
    Static scored = new Static(Map.of("math", Map.of("a", 0.2, "b", 0.9)));
    Question inMath = new Question("d", Optional.of("math"), List.of(A, B), "k");
    assertEquals(B, scored.choose(inMath).candidate());
    assertEquals(A, scored.choose(question("k", A, B)).candidate());
  }

  @Test
  void scoresMayBeKeptUnderTheNameOfTheDecision() {
    Static scored = new Static(Map.of("d", Map.of("a", 0.2, "b", 0.9)));
    assertEquals(B, scored.choose(question("k", A, B)).candidate());
  }

  @Test
  void aBestScoreOfOneIsNoEvidence() {
    Static scored = new Static(Map.of("d", Map.of("a", 0.2)));
    assertEquals(A, scored.choose(question("k", A, B)).candidate());
  }

  private static Question question(String key, ModelRef... candidates) {
    return new Question("d", Optional.empty(), List.of(candidates), key);
  }
}
