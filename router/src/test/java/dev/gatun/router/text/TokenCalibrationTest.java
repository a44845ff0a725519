package dev.gatun.router.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.text.TokenCalibration.Use;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenCalibrationTest {
  @Test
  void nothingChangesBeforeTenObservations() {
    TokenCalibration nine = learned(TokenCalibration.none(), "m", 9, 200, 100);
    assertEquals(TokenEstimate.UNCALIBRATED, nine.estimate("m"));

    TokenCalibration ten = nine.observed("m", 200, 100);
    assertEquals(new TokenEstimate(2), ten.estimate("m"));
    assertEquals(50, ten.estimate("m").tokens(100));
  }

  @Test
  void anUnknownModelCountsAsAllDo() {
    TokenCalibration calibration =
        learned(learned(TokenCalibration.none(), "m", 10, 200, 100), "", 10, 300, 100);
    assertEquals(2, calibration.estimate("m").bytesPerToken(), 1e-9);
    assertEquals(3, calibration.estimate("auto").bytesPerToken(), 1e-9);
    assertEquals(3, calibration.estimate("").bytesPerToken(), 1e-9);
  }

  @Test
  void theConservativeRatioFallsAtOnceAndRisesSlowly() {
    TokenCalibration four = TokenCalibration.none().observed("m", 400, 100);
    TokenCalibration fallen = four.observed("m", 200, 100);
    assertEquals(4 - 0.9 * 2, fallen.ratio("m").conservative(), 1e-12);
    assertEquals(2.2 + 0.1 * 1.8, fallen.observed("m", 400, 100).ratio("m").conservative(), 1e-12);
    assertEquals(0.995 * 4 + 0.005 * 2, fallen.ratio("m").mean(), 1e-12);
  }

  @Test
  void theMeanCanBeUsedInstead() {
    TokenCalibration calibration = new TokenCalibration(Map.of(), 0.5, Use.MEAN);
    for (int i = 0; i < 10; i++) {
      calibration = calibration.observed("m", i == 0 ? 800 : 400, 100);
    }
    assertEquals(4 + 4 * Math.pow(0.5, 9), calibration.estimate("m").bytesPerToken(), 1e-12);
  }

  @Test
  void thereIsNothingToLearnFromNothing() {
    TokenCalibration none = TokenCalibration.none();
    assertEquals(none, none.observed("m", 0, 5).observed("m", 5, 0).observed("m", -1, -1));
  }

  @Test
  void categoriesAreBounded() {
    TokenCalibration calibration = TokenCalibration.none();
    for (int i = 0; i < 1_000; i++) {
      calibration = calibration.observed("m" + i, 100, 50);
    }
    assertEquals(257, calibration.ratios().size());
    assertEquals(744, calibration.ratio(TokenCalibration.DEFAULT).samples());
    assertTrue(calibration.estimate("m999").bytesPerToken() < 3);
    assertFalse(calibration.ratio("m999").isCalibrated());
  }

  private static TokenCalibration learned(
      TokenCalibration from, String category, int times, long bytes, long tokens) {
    TokenCalibration calibration = from;
    for (int i = 0; i < times; i++) {
      calibration = calibration.observed(category, bytes, tokens);
    }
    return calibration;
  }
}
