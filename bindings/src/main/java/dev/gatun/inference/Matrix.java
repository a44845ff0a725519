package dev.gatun.inference;

import java.util.Arrays;

/**
 * A dense matrix of floats.
 *
 * @param values row-major, {@code rows · columns} of them; handed over, not copied: whoever holds a
 *     matrix reads it only
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data; equality and hash below are by content
public record Matrix(int rows, int columns, float[] values) {

  public Matrix {
    if (rows < 0 || columns < 0 || (long) rows * columns != values.length) {
      throw new IllegalArgumentException(
          values.length + " values for a matrix of " + rows + " × " + columns);
    }
  }

  /** One element. */
  public float at(int row, int column) {
    return values[row * columns + column];
  }

  /** One row, a copy. */
  public float[] row(int row) {
    return Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
  }

  /** The rows {@code from} … {@code to} − 1, a copy. */
  public Matrix slice(int from, int to) {
    return new Matrix(to - from, columns, Arrays.copyOfRange(values, from * columns, to * columns));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Matrix matrix
        && rows == matrix.rows
        && columns == matrix.columns
        && Arrays.equals(values, matrix.values);
  }

  @Override
  public int hashCode() {
    return 31 * columns + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Matrix[" + rows + " × " + columns + "]";
  }
}
