package dev.gatun.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void theMedianIsTheMiddleOrTheMeanOfTheTwoMiddleOnes() {
    assertEquals(2, Statistics.median(3, 1, 2));
    assertEquals(2.5, Statistics.median(4, 1, 2, 3));
    assertEquals(7, Statistics.median(List.of(7.0)));
  }

  @Test
  void percentilesAreByNearestRank() {
    List<Double> hundred = IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList();
    assertEquals(99, Statistics.percentile(0.99, hundred));
    assertEquals(50, Statistics.percentile(0.5, hundred));
    assertEquals(3, Statistics.percentile(0.99, List.of(1.0, 3.0, 2.0)));
    assertEquals(1, Statistics.percentile(0, List.of(1.0, 2.0)));
  }

  @Test
  void theSlopeOfALineIsItsOwnWhateverTheNoise() {
    double[] x = {0, 1, 2, 3};
    assertEquals(2, Statistics.slope(x, new double[] {1, 3, 5, 7}), 1e-12);
    assertEquals(0, Statistics.slope(x, new double[] {1, -1, -1, 1}), 1e-12);
    assertEquals(0, Statistics.slope(new double[] {5}, new double[] {5}));
  }

  @Test
  void nothingMeasuredIsNoResult() {
    assertThrows(IllegalArgumentException.class, () -> Statistics.median(List.of()));
    assertThrows(
        IllegalArgumentException.class, () -> Statistics.slope(new double[2], new double[1]));
  }
}
