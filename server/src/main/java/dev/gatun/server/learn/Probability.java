package dev.gatun.server.learn;

/** From scores to probabilities. */
public final class Probability {
  private Probability() {}

  /** Softmax of some scores; sums to 1 up to rounding. */
  public static double[] softmax(double[] scores) {
    double max = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      max = Math.max(max, score);
    }
    double[] p = new double[scores.length];
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(scores[i] - max);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  /** Softmax of some scores divided by a temperature, which is more than 0. */
  public static double[] softmax(double[] scores, double temperature) {
    double[] scaled = scores.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] /= temperature;
    }
    return softmax(scaled);
  }

  /** Index of the largest, the first of equals. */
  public static int best(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
