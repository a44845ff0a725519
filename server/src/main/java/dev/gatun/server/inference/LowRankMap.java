package dev.gatun.server.inference;

import dev.gatun.server.models.HeadTensors;

/** Moves vectors: x + U (D x), of unit length again. Immutable. */
final class LowRankMap {
  private final float[][] down;
  private final float[][] up;

  private LowRankMap(float[][] down, float[][] up) {
    this.down = down;
    this.up = up;
  }

  /** The map whose tensors are called NAME_down [rank, width] and NAME_up [width, rank]. */
  static LowRankMap of(HeadTensors tensors, String name, int rank, int width) {
    return new LowRankMap(
        tensors.rows(name + "_down", rank, width), tensors.rows(name + "_up", width, rank));
  }

  float[] moved(float[] vector) {
    double[] inner = new double[down.length];
    for (int k = 0; k < inner.length; k++) {
      for (int i = 0; i < vector.length; i++) {
        inner[k] += (double) down[k][i] * vector[i];
      }
    }
    double[] sum = new double[vector.length];
    double squares = 0;
    for (int i = 0; i < sum.length; i++) {
      sum[i] = vector[i];
      for (int k = 0; k < inner.length; k++) {
        sum[i] += up[i][k] * inner[k];
      }
      squares += sum[i] * sum[i];
    }
    double length = Math.max(1e-12, Math.sqrt(squares));
    float[] result = new float[sum.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) (sum[i] / length);
    }
    return result;
  }
}
