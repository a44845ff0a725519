package dev.gatun.server.inference;

import dev.gatun.inference.Matrix;

/** From logits to probabilities. */
final class Softmax {
  private Softmax() {}

  /** Softmax of one row of logits divided by a temperature; sums to 1 up to rounding. */
  static double[] of(Matrix logits, int row, double temperature) {
    int columns = logits.columns();
    float[] values = logits.values();
    double[] p = new double[columns];
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < columns; i++) {
      p[i] = values[row * columns + i] / temperature;
      max = Math.max(max, p[i]);
    }
    double sum = 0;
    for (int i = 0; i < columns; i++) {
      p[i] = Math.exp(p[i] - max);
      sum += p[i];
    }
    for (int i = 0; i < columns; i++) {
      p[i] /= sum;
    }
    return p;
  }
}
