package dev.gatun.server.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SoftmaxRegressionTest {
  private static final int CLASSES = 4;
  private static final int WIDTH = 12;

  private final Random random = new Random(3);
  private final float[][] rows = new float[400][WIDTH];
  private final int[] wanted = new int[rows.length];

  SoftmaxRegressionTest() {
    for (int i = 0; i < rows.length; i++) {
      wanted[i] = i % CLASSES;
      for (int j = 0; j < WIDTH; j++) {
        rows[i][j] = (float) (random.nextGaussian() * 0.3 + (j == wanted[i] ? 0.5 : 0) + 2);
      }
    }
  }

  private double objective(float[][] weights, double lambda) {
    double sum = 0;
    for (int i = 0; i < rows.length; i++) {
      double[] scores = new double[CLASSES];
      for (int c = 0; c < CLASSES; c++) {
        scores[c] = weights[c][WIDTH];
        for (int j = 0; j < WIDTH; j++) {
          scores[c] += weights[c][j] * rows[i][j];
        }
      }
      sum -= Math.log(Probability.softmax(scores)[wanted[i]]) / rows.length;
    }
    for (float[] row : weights) {
      for (int j = 0; j < WIDTH; j++) {
        sum += lambda / 2 * row[j] * row[j];
      }
    }
    return sum;
  }

  @Test
  void noStepInAnyDirectionIsBetter() {
    double lambda = 0.01;
    float[][] best = new SoftmaxRegression(rows, wanted, CLASSES).fit(lambda, _ -> {});
    double least = objective(best, lambda);
    for (int trial = 0; trial < 200; trial++) {
      float[][] other = new float[CLASSES][];
      for (int c = 0; c < CLASSES; c++) {
        other[c] = best[c].clone();
        for (int j = 0; j <= WIDTH; j++) {
          other[c][j] += (float) (random.nextGaussian() * 0.02);
        }
      }
      assertTrue(objective(other, lambda) > least - 1e-6, "trial " + trial);
    }
    assertTrue(least < 0.9 * Math.log(CLASSES), "" + least);
  }

  @Test
  void strongPriorsLeaveOnlyTheShares() {
    int[] uneven = new int[rows.length];
    for (int i = 0; i < uneven.length; i++) {
      uneven[i] = i % 4 == 0 ? 1 : 0;
    }
    float[][] weights = new SoftmaxRegression(rows, uneven, 2).fit(1e4, _ -> {});
    double[] p = Probability.softmax(new double[] {weights[0][WIDTH], weights[1][WIDTH]});
    assertEquals(0.25, p[1], 0.01);
    assertEquals(0, weights[0][0], 1e-4);
  }

  @Test
  void progressEndsAtTheEnd() {
    int[] last = {0};
    new SoftmaxRegression(rows, wanted, CLASSES)
        .fit(
            0.1,
            done -> {
              assertTrue(done >= last[0]);
              last[0] = done;
            });
    assertEquals(1_000, last[0]);
  }

  @Test
  void aPriorIsNeeded() {
    SoftmaxRegression problem = new SoftmaxRegression(rows, wanted, CLASSES);
    assertThrows(IllegalArgumentException.class, () -> problem.fit(0, _ -> {}));
  }

  @Test
  void headsAreJudgedByExamplesTheyDidNotSee() {
    // Labels without any reason in the rows: whoever had seen them would find most of them.
    int[] arbitrary = random.ints(rows.length, 0, 2).toArray();
    var fitted = new HeadTraining(rows, arbitrary, 2).fit(_ -> {});
    assertEquals(0.5, fitted.heldOut().accuracy(1), 0.1);
    assertEquals(5, fitted.folds());

    var sensible = new HeadTraining(rows, wanted, CLASSES).fit(_ -> {});
    assertTrue(sensible.heldOut().accuracy(1) > 0.6, "" + sensible.heldOut().accuracy(1));
  }

  @Test
  void oneExampleOfAClassIsTooFew() {
    int[] lonely = new int[rows.length];
    lonely[5] = 1;
    assertThrows(IllegalArgumentException.class, () -> new HeadTraining(rows, lonely, 2));
  }
}
