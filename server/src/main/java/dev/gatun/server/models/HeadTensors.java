package dev.gatun.server.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;

/** The matrices of a head that is computed here, out of a file of safetensors. */
public final class HeadTensors {
  private final Path file;
  private final SortedMap<String, Tensor> tensors;

  private HeadTensors(Path file, SortedMap<String, Tensor> tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  /**
   * Reads all tensors of a file.
   *
   * @throws ModelBuildException when it is not safetensors
   */
  public static HeadTensors read(Path file) throws IOException {
    return new HeadTensors(file, Safetensors.read(file));
  }

  /**
   * The rows of a matrix.
   *
   * @throws ModelBuildException when there is none of this name, or not of this shape
   */
  public float[][] rows(String name, int rows, int columns) {
    Tensor tensor = tensors.get(name);
    if (tensor == null || !tensor.shape().equals(List.of(rows, columns))) {
      throw new ModelBuildException(
          file.toString(),
          "tensor " + name + " is " + tensor + ", [" + rows + ", " + columns + "] expected",
          "run ./gatun build");
    }
    float[] all = tensor.floats();
    float[][] result = new float[rows][];
    for (int row = 0; row < rows; row++) {
      result[row] = Arrays.copyOfRange(all, row * columns, (row + 1) * columns);
    }
    return result;
  }
}
