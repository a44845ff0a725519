package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharpnessTest {
  private final Sharpness thrice = new Sharpness(1, 3);

  /** Odds of 3 to 2 become odds of 27 to 8. */
  @Test
  void theOddsOfAnAlarmAreRaisedToThePower() {
    List<Double> of = thrice.of(List.of(0.4, 0.6));
    assertEquals(27.0 / 35, of.get(1), 1e-12);
    assertEquals(8.0 / 35, of.get(0), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-300, 0.3, 0.5, 1})
  void whatIsNoAlarmOrCertainStays(double alarm) {
    List<Double> before = List.of(1 - alarm, alarm);
    assertEquals(before, thrice.of(before));
  }

  @Test
  void otherLabelsKeepTheirProportions() {
    List<Double> of = new Sharpness(2, 3).of(List.of(0.1, 0.3, 0.6));
    assertEquals(1, of.stream().mapToDouble(Double::doubleValue).sum(), 1e-12);
    assertEquals(3, of.get(1) / of.get(0), 1e-9);
  }

  @Test
  void surerTextsStaySurer() {
    double last = 0;
    for (double p = 0.01; p < 1; p += 0.01) {
      double now = thrice.of(List.of(1 - p, p)).get(1);
      assertTrue(now > last, () -> "at " + now);
      last = now;
    }
  }

  @Test
  void nearlyCertainIsNoMoreThanCertain() {
    List<Double> of = new Sharpness(1, 12).of(List.of(1e-16, Math.nextDown(1.0)));
    assertEquals(1, of.get(1));
    assertEquals(0, of.get(0));
  }

  @ParameterizedTest
  @CsvSource({"-1, 2", "1, 0", "1, -3", "1, NaN"})
  void whatCannotSharpenIsRefused(int alarm, double factor) {
    assertThrows(IllegalArgumentException.class, () -> new Sharpness(alarm, factor));
  }
}
