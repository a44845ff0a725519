package dev.gatun.bench.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The sizes of an encoder, as its {@code config.json} states them.
 *
 * @param gated whether the MLP has a gate beside its activation (ModernBERT), so that its first
 *     product is twice as wide
 * @param windows one per layer: how many tokens on either side a query sees, or {@link #GLOBAL}
 * @param labels rows of the classifier, 0 without one
 * @param perToken whether the classifier reads every token instead of one pooled row
 * @param positionsMax longest sequence
 */
public record Shape(
    long hidden,
    long intermediate,
    boolean gated,
    List<Integer> windows,
    int labels,
    boolean perToken,
    int vocabulary,
    int positionsMax) {

  /** A layer whose queries see every token. */
  public static final int GLOBAL = -1;

  public Shape {
    windows = List.copyOf(windows);
    if (hidden < 1 || intermediate < 1 || windows.isEmpty() || labels < 0) {
      throw new IllegalArgumentException("sizes of an encoder are positive");
    }
  }

  /** Number of layers. */
  public int layers() {
    return windows.size();
  }

  /**
   * Reads {@code config.json} of a model folder.
   *
   * @throws IOException when it is missing, is not JSON, or is of a family not known here
   */
  public static Shape read(Path folder) throws IOException {
    Path file = folder.resolve("config.json");
    JsonNode config = new ObjectMapper().readTree(file.toFile());
    String family = config.path("model_type").asText();
    boolean modern = family.equals("modernbert");
    if (!modern && !family.equals("bert")) {
      throw new IOException(file + ": model_type is '" + family + "': bert or modernbert expected");
    }
    String architecture = config.path("architectures").path(0).asText();
    boolean classifies = architecture.endsWith("Classification");
    return new Shape(
        config.path("hidden_size").asLong(),
        config.path("intermediate_size").asLong(),
        modern,
        windows(config, modern),
        classifies ? labels(config) : 0,
        architecture.endsWith("ForTokenClassification"),
        config.path("vocab_size").asInt(),
        config.path("max_position_embeddings").asInt());
  }

  private static int labels(JsonNode config) {
    int named = Math.max(config.path("id2label").size(), config.path("label2id").size());
    return named > 0 ? named : config.path("num_labels").asInt(2);
  }

  private static List<Integer> windows(JsonNode config, boolean modern) {
    int window = config.path("local_attention").asInt(128) / 2;
    int every = config.path("global_attn_every_n_layers").asInt(3);
    JsonNode types = config.path("layer_types");
    List<Integer> windows = new ArrayList<>();
    for (int i = 0; i < config.path("num_hidden_layers").asInt(); i++) {
      boolean global =
          types.has(i) ? types.get(i).asText().equals("full_attention") : i % every == 0;
      windows.add(!modern || global ? GLOBAL : window);
    }
    return windows;
  }
}
