package dev.gatun.server.cli;

/** The little arithmetic between a model's row and an answer. */
final class Probabilities {
  private Probabilities() {}

  /** Index of the largest value, the first of equals. */
  static int best(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  /** The vector over its Euclidean length; a zero vector stays as it is. */
  static float[] normalized(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    float[] unit = vector.clone();
    if (squares > 0) {
      double length = Math.sqrt(squares);
      for (int i = 0; i < unit.length; i++) {
        unit[i] = (float) (unit[i] / length);
      }
    }
    return unit;
  }
}
