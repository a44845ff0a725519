package dev.gatun.bench.measure;

import java.util.Arrays;

/**
 * Outputs of two engines compared. Adding one number to all logits changes no probability, so they
 * are compared after their mean is taken off.
 */
public final class Centred {
  private static final double PROBABILITY_MIN = 1e-30;

  private Centred() {}

  /**
   * Logits less their mean.
   *
   * @param probabilities whether the values are probabilities, whose logarithms are logits
   */
  public static double[] logits(double[] values, boolean probabilities) {
    double[] logits =
        probabilities
            ? Arrays.stream(values).map(p -> Math.log(Math.max(p, PROBABILITY_MIN))).toArray()
            : values.clone();
    double mean = Statistics.mean(logits);
    for (int i = 0; i < logits.length; i++) {
      logits[i] -= mean;
    }
    return logits;
  }

  /** Cosine of the angle between two vectors of one length; NaN when one of them is zero. */
  public static double cosine(double[] a, double[] b) {
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  }

  /** The vector divided by its length. */
  public static double[] unit(double[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    return Arrays.stream(vector).map(value -> value / length).toArray();
  }

  /** Sum of products. */
  public static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
