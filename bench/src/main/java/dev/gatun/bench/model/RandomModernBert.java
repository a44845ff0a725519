package dev.gatun.bench.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

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
    RandomTensors.write(part.resolve("model.safetensors"), SEED, shapes(), progress);
    Files.write(part.resolve("config.json"), config().toString().getBytes(StandardCharsets.UTF_8));
    if (Files.isDirectory(folder)) {
      throw new IOException(folder + " is in the way: it holds no config.json; remove it");
    }
    Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
    return folder;
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
