package dev.gatun.server.inference;

import dev.gatun.inference.Matrix;
import dev.gatun.server.learn.Probability;

/** From logits to probabilities. */
final class Softmax {
  private Softmax() {}

  /** Softmax of one row of logits divided by a temperature; sums to 1 up to rounding. */
  static double[] of(Matrix logits, int row, double temperature) {
    int columns = logits.columns();
    float[] values = logits.values();
    double[] scaled = new double[columns];
    for (int i = 0; i < columns; i++) {
      scaled[i] = values[row * columns + i] / temperature;
    }
    return Probability.softmax(scaled);
  }
}
