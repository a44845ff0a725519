package dev.gatun.server.models;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** A row-major array of fp32 numbers with its shape; owns its values and never changes them. */
final class Tensor {
  private final List<Integer> shape;
  private final float[] values;

  private Tensor(List<Integer> shape, float[] values) {
    this.shape = List.copyOf(shape);
    this.values = values;
  }

  /**
   * Takes ownership of {@code values}.
   *
   * @throws IllegalArgumentException when their number is not the product of the shape
   */
  static Tensor of(List<Integer> shape, float... values) {
    if (elements(shape) != values.length) {
      throw new IllegalArgumentException("shape " + shape + " does not hold " + values.length);
    }
    return new Tensor(shape, values);
  }

  /** The product of a shape of non-negative sizes; 2^31 stands for that many and more. */
  static long elements(List<Integer> shape) {
    long product = 1;
    for (int size : shape) {
      product = Math.min(1L << 31, product * size);
    }
    return product;
  }

  List<Integer> shape() {
    return shape;
  }

  int size() {
    return values.length;
  }

  /** The values, a copy. */
  float[] floats() {
    return values.clone();
  }

  /** The values as safetensors stores them. */
  byte[] littleEndian() {
    var bytes = new byte[4 * values.length];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return bytes;
  }

  /** The matrix with rows and columns exchanged. */
  Tensor transposed() {
    int rows = shape.get(0);
    int columns = shape.get(1);
    var result = new float[values.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result[column * rows + row] = values[row * columns + column];
      }
    }
    return new Tensor(List.of(columns, rows), result);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor that
        && shape.equals(that.shape)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Tensor" + shape;
  }
}
