package dev.gatun.router.text;

import java.util.Arrays;

/**
 * Which sentences stand for a text (Mihalcea and Tarau 2004): a sentence counts for much when it is
 * like others that do.
 */
final class TextRank {
  private static final double DAMPING = 0.85;
  private static final int ITERATIONS_MAX = 100;
  private static final double SETTLED = 1e-5;

  private TextRank() {}

  /**
   * A score per sentence, not scaled.
   *
   * @param likeness of each pair, symmetric, 0 or more, 0 on the diagonal
   */
  static double[] scores(double[][] likeness) {
    int n = likeness.length;
    double[] sums = Arrays.stream(likeness).mapToDouble(row -> Arrays.stream(row).sum()).toArray();
    double[] scores = new double[n];
    Arrays.fill(scores, 1.0 / n);
    double change = Double.MAX_VALUE;
    for (int i = 0; i < ITERATIONS_MAX && change >= SETTLED; i++) {
      double[] next = next(likeness, sums, scores);
      change = 0;
      for (int j = 0; j < n; j++) {
        change = Math.max(change, Math.abs(next[j] - scores[j]));
      }
      scores = next;
    }
    return scores;
  }

  private static double[] next(double[][] likeness, double[] sums, double[] scores) {
    int n = scores.length;
    double[] passed = new double[n];
    for (int j = 0; j < n; j++) {
      if (sums[j] > 0) {
        double share = scores[j] / sums[j];
        for (int i = 0; i < n; i++) {
          passed[i] += likeness[j][i] * share;
        }
      }
    }
    double base = (1 - DAMPING) / n;
    return Arrays.stream(passed).map(sum -> base + DAMPING * sum).toArray();
  }
}
