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
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A sequence classifier of a ModernBERT shape with random weights: its speed is that of a trained
 * one, its answers mean nothing. A seed per tensor name makes the same file on every machine.
 *
 * @param positionsMax longest sequence
 */
public record RandomModernBert(
    int vocabulary, int hidden, int intermediate, int layers, int heads, int positionsMax) {

  private static final int LABELS = 14;
  private static final long SEED = 20_261_121;
  private static final int BUFFER_FLOATS = 1 << 18;

  /** ModernBERT-base; 32 768 positions, so that one folder serves every length. */
  public static RandomModernBert base() {
    return new RandomModernBert(50_368, 768, 1152, 22, 12, 32_768);
  }

  /** So small that everything but arithmetic shows. */
  public static RandomModernBert tiny() {
    return new RandomModernBert(30_522, 64, 96, 2, 2, 512);
  }

  /**
   * The folder of this model, made when it is not there.
   *
   * @param folder made whole or not at all
   * @param progress told what is being made
   */
  public Path in(Path folder, Consumer<String> progress) throws IOException {
    if (Files.exists(folder.resolve("config.json"))) {
      return folder;
    }
    Path part = folder.resolveSibling(folder.getFileName() + ".part");
    Files.createDirectories(part);
    progress.accept("making random weights in " + folder + " (once)");
    writeWeights(part.resolve("model.safetensors"), progress);
    Files.write(part.resolve("config.json"), config().toString().getBytes(StandardCharsets.UTF_8));
    if (Files.isDirectory(folder)) {
      throw new IOException(folder + " is in the way: it holds no config.json; remove it");
    }
    Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
    return folder;
  }

  private void writeWeights(Path file, Consumer<String> progress) throws IOException {
    SortedMap<String, int[]> shapes = shapes();
    byte[] header = header(shapes);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(header.length).array());
      out.write(header);
      int done = 0;
      for (Map.Entry<String, int[]> tensor : shapes.entrySet()) {
        writeTensor(out, tensor.getKey(), tensor.getValue());
        done++;
        if (done % (shapes.size() / 10 + 1) == 0) {
          progress.accept("  " + done + " of " + shapes.size() + " tensors");
        }
      }
    }
  }

  private static void writeTensor(OutputStream out, String name, int[] shape) throws IOException {
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(SEED * 31 + name.hashCode());
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

  private SortedMap<String, int[]> shapes() {
    SortedMap<String, int[]> shapes = new TreeMap<>();
    shapes.put("model.embeddings.tok_embeddings.weight", new int[] {vocabulary, hidden});
    shapes.put("model.embeddings.norm.weight", new int[] {hidden});
    shapes.put("model.final_norm.weight", new int[] {hidden});
    shapes.put("head.dense.weight", new int[] {hidden, hidden});
    shapes.put("head.norm.weight", new int[] {hidden});
    shapes.put("classifier.weight", new int[] {LABELS, hidden});
    shapes.put("classifier.bias", new int[] {LABELS});
    for (int i = 0; i < layers; i++) {
      String layer = "model.layers." + i + ".";
      if (i > 0) {
        shapes.put(layer + "attn_norm.weight", new int[] {hidden});
      }
      shapes.put(layer + "attn.Wqkv.weight", new int[] {3 * hidden, hidden});
      shapes.put(layer + "attn.Wo.weight", new int[] {hidden, hidden});
      shapes.put(layer + "mlp_norm.weight", new int[] {hidden});
      shapes.put(layer + "mlp.Wi.weight", new int[] {2 * intermediate, hidden});
      shapes.put(layer + "mlp.Wo.weight", new int[] {hidden, intermediate});
    }
    return shapes;
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

  private ObjectNode config() {
    ObjectNode config = new ObjectMapper().createObjectNode();
    config.put("model_type", "modernbert");
    config.putArray("architectures").add("ModernBertForSequenceClassification");
    config.put("vocab_size", vocabulary).put("hidden_size", hidden);
    config.put("intermediate_size", intermediate).put("num_hidden_layers", layers);
    config.put("num_attention_heads", heads).put("max_position_embeddings", positionsMax);
    config.put("hidden_activation", "gelu").put("norm_eps", 1e-5).put("norm_bias", false);
    config.put("attention_bias", false).put("mlp_bias", false);
    config.put("classifier_bias", false).put("classifier_pooling", "mean");
    config.put("classifier_activation", "gelu");
    config.put("global_attn_every_n_layers", 3).put("local_attention", 128);
    config.put("global_rope_theta", 160_000.0).put("local_rope_theta", 10_000.0);
    ObjectNode labels = config.putObject("id2label");
    for (int i = 0; i < LABELS; i++) {
      labels.put(Integer.toString(i), "LABEL_" + i);
    }
    return config;
  }
}
