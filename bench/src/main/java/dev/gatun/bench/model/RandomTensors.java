package dev.gatun.bench.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Files of random weights: a seed per tensor name makes the same file on every machine. */
final class RandomTensors {

  private static final int BUFFER_FLOATS = 1 << 18;

  private RandomTensors() {}

  /**
   * Writes a safetensors file.
   *
   * @param seed of all tensors together; each has one of its own from its name
   * @param shapes of the tensors by name
   */
  static void write(
      Path file, long seed, SortedMap<String, int[]> shapes, Consumer<String> progress)
      throws IOException {
    byte[] header = header(shapes);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(header.length).array());
      out.write(header);
      int done = 0;
      for (Map.Entry<String, int[]> tensor : shapes.entrySet()) {
        writeTensor(out, seed, tensor.getKey(), tensor.getValue());
        done++;
        if (done % (shapes.size() / 10 + 1) == 0) {
          progress.accept("  " + done + " of " + shapes.size() + " tensors");
        }
      }
    }
  }

  private static void writeTensor(OutputStream out, long seed, String name, int[] shape)
      throws IOException {
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 31 + name.hashCode());
    ByteBuffer bytes = ByteBuffer.allocate(4 * BUFFER_FLOATS).order(ByteOrder.LITTLE_ENDIAN);
    long left = elements(shape);
    boolean norm = name.endsWith("norm.weight");
    // Unit scale in every product, so that attention is not uniform.
    double scale =
        norm ? 0.1 : name.contains("embeddings") || shape.length == 1 ? 0.02 : rootOfWidth(shape);
    while (left > 0) {
      FloatBuffer floats = bytes.clear().asFloatBuffer();
      int count = (int) Math.min(BUFFER_FLOATS, left);
      for (int i = 0; i < count; i++) {
        floats.put((float) ((norm ? 1 : 0) + scale * random.nextGaussian()));
      }
      out.write(bytes.array(), 0, 4 * count);
      left -= count;
    }
  }

  private static double rootOfWidth(int[] shape) {
    return 1 / Math.sqrt(shape[1]);
  }

  private static byte[] header(SortedMap<String, int[]> shapes) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.putObject("__metadata__").put("format", "pt");
    long start = 0;
    for (Map.Entry<String, int[]> tensor : shapes.entrySet()) {
      long end = start + 4 * elements(tensor.getValue());
      ObjectNode entry = root.putObject(tensor.getKey()).put("dtype", "F32");
      for (int size : tensor.getValue()) {
        entry.withArray("shape").add(size);
      }
      entry.putArray("data_offsets").add(start).add(end);
      start = end;
    }
    String json = root.toString();
    return (json + " ".repeat(-json.length() & 7)).getBytes(StandardCharsets.UTF_8);
  }

  private static long elements(int[] shape) {
    long product = 1;
    for (int size : shape) {
      product *= size;
    }
    return product;
  }
}
