package dev.gatun.server.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.server.learn.Calibration.Operating;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static final int EXAMPLES = 20_000;

  /** Labels drawn with the probabilities of the logits, which are then stretched. */
  private static Calibration stretched(double by) {
    Random random = new Random(7);
    double[][] logits = new double[EXAMPLES][3];
    int[] wanted = new int[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      for (int c = 0; c < 3; c++) {
        logits[i][c] = random.nextGaussian() * 1.5;
      }
      double[] p = Probability.softmax(logits[i]);
      double at = random.nextDouble();
      wanted[i] = at < p[0] ? 0 : at < p[0] + p[1] ? 1 : 2;
      for (int c = 0; c < 3; c++) {
        logits[i][c] *= by;
      }
    }
    return new Calibration(logits, wanted);
  }

  @Test
  void theTemperatureUndoesWhatMadeTheClassifierTooSure() {
    assertEquals(1, stretched(1).temperature(), 0.05);
    assertEquals(3, stretched(3).temperature(), 0.15);
    assertEquals(0.4, stretched(0.4).temperature(), 0.02);
  }

  /** All examples right, by a margin of 1: a maximum of the likelihood there is none. */
  @Test
  void fewExamplesMakeNothingCertain() {
    for (int ofEach : new int[] {2, 10, 1000}) {
      double[][] logits = new double[2 * ofEach][];
      int[] wanted = new int[2 * ofEach];
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = i % 2;
        logits[i] = new double[] {1 - i % 2, i % 2};
      }
      double temperature = new Calibration(logits, wanted).temperature();
      double surest = Probability.softmax(logits[0], temperature)[0];
      assertEquals((ofEach + 1.0) / (ofEach + 2), surest, 1e-3);
    }
  }

  /** A second expert is in the probabilities that labels were drawn from; scores were doubled. */
  @Test
  void theTemperatureIsOfTheScoresAndNotOfWhatStandsBeside() {
    Random random = new Random(3);
    double[][] logits = new double[EXAMPLES][2];
    double[][] beside = new double[EXAMPLES][2];
    int[] wanted = new int[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      double score = random.nextGaussian();
      beside[i][1] = 2 * random.nextGaussian();
      double second = Probability.softmax(new double[] {0, score + beside[i][1]})[1];
      wanted[i] = random.nextDouble() < second ? 1 : 0;
      logits[i][1] = 2 * score;
    }
    Calibration both = new Calibration(logits, beside, wanted);
    assertEquals(2, both.temperature(), 0.2);
    assertTrue(both.error(2) < 0.03, "" + both.error(2));
    assertTrue(both.accuracy(2) > new Calibration(logits, wanted).accuracy(2) + 0.1);
  }

  @Test
  void examplesThatSayNothingChangeNothing() {
    Calibration same = new Calibration(new double[][] {{1, 1}, {1, 1}}, new int[] {0, 1});
    assertEquals(1, same.temperature(), 1e-3);
  }

  @Test
  void theErrorIsThatOfTheStretchAndGoesWithIt() {
    Calibration sure = stretched(3);
    assertTrue(sure.error(1) > 0.1, "" + sure.error(1));
    assertTrue(sure.error(sure.temperature()) < 0.015, "" + sure.error(sure.temperature()));
    assertEquals(EXAMPLES, sure.reliability(1).stream().mapToInt(Calibration.Bin::count).sum());
  }

  /** Probabilities 0.9, 0.8, 0.7, 0.6 of class 1; the second is wrong. */
  private static Calibration four() {
    double[][] logits = new double[4][];
    double[] p = {0.9, 0.8, 0.7, 0.6};
    for (int i = 0; i < 4; i++) {
      logits[i] = new double[] {0, Math.log(p[i] / (1 - p[i]))};
    }
    return new Calibration(logits, new int[] {1, 0, 1, 0});
  }

  @Test
  void thresholdsSayWhatTheyCost() {
    List<Operating> all = four().operating(1, 1);
    assertEquals(4, all.size());
    assertEquals(0.6, all.getFirst().threshold(), 1e-9);
    assertEquals(1, all.getFirst().falsePositiveRate());
    assertEquals(0.5, all.getFirst().precision());
    assertEquals(new Operating(all.getLast().threshold(), 0, 0.5, 1), all.getLast());

    Operating half = four().atFalsePositiveRate(1, 0.5, 1).orElseThrow();
    assertEquals(0.7, half.threshold(), 1e-9);
    assertEquals(1, half.recall());
    assertEquals(0.9, four().atPrecision(1, 0.9, 1).orElseThrow().threshold(), 1e-9);
    Calibration wrong = new Calibration(new double[][] {{1, 0}, {0, 1}}, new int[] {1, 0});
    assertEquals(Optional.empty(), wrong.atPrecision(1, 0.9, 1));
  }

  @Test
  void accuracyAndF1() {
    assertEquals(0.5, four().accuracy(1));
    // Class 1 is found four times, two of them right; class 0 never.
    assertEquals((2 * 2.0 / 6 + 0) / 2, four().macroF1(1), 1e-9);
  }

  @Test
  void equalScoresShareAThreshold() {
    double[][] logits = {{0, 1}, {0, 1}, {0, 2}};
    assertEquals(2, new Calibration(logits, new int[] {0, 1, 1}).operating(1, 1).size());
  }

  @Test
  void nothingCannotBeCalibrated() {
    assertThrows(
        IllegalArgumentException.class, () -> new Calibration(new double[0][], new int[0]));
  }
}
