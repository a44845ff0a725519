package dev.gatun.server.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A PEFT adapter of a BERT classifier: low-rank factors for linear layers of the trunk, and whole
 * tensors (pooler, classifier) that replace or extend it.
 *
 * @param task PEFT's name of what it is for, such as {@code SEQ_CLS}
 * @param scale α / r, the weight of the product of the factors
 * @param tensors name without PEFT's prefix to tensor; factors end in {@code .lora_A.weight} [r,
 *     in] and {@code .lora_B.weight} [out, r]
 */
record LoraAdapter(Path folder, String task, double scale, SortedMap<String, Tensor> tensors) {
  static final String CONFIG = "adapter_config.json";
  static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";
  private static final String DOWN = ".lora_A.weight";
  private static final String UP = ".lora_B.weight";
  private static final String TRUNK = "bert.";
  private static final String POOLER = "pooler.";
  private static final String TOKEN_TYPES = "bert.embeddings.token_type_embeddings.weight";
  private static final String TOKEN_TASK = "TOKEN_CLS";

  /**
   * Reads {@code adapter_config.json} and {@code adapter_model.safetensors} of a folder.
   *
   * @throws ModelBuildException when the adapter is of a kind that is not merged here
   */
  static LoraAdapter read(Path folder) throws IOException {
    Path file = folder.resolve(CONFIG);
    JsonNode config = new ObjectMapper().readTree(file.toFile());
    refuseOtherKinds(config, file);
    var tensors = new TreeMap<String, Tensor>();
    Path weights = folder.resolve(WEIGHTS);
    for (var named : Safetensors.read(weights).entrySet()) {
      if (!named.getKey().startsWith(PREFIX)) {
        throw new ModelBuildException(
            weights.toString(),
            "tensor " + named.getKey() + " does not start with " + PREFIX,
            "write the adapter in PEFT layout");
      }
      tensors.put(named.getKey().substring(PREFIX.length()), named.getValue());
    }
    double scale = config.path("lora_alpha").asDouble() / config.path("r").asDouble();
    return new LoraAdapter(folder, config.path("task_type").asText(), scale, tensors);
  }

  private static void refuseOtherKinds(JsonNode config, Path file) {
    for (String flag : new String[] {"use_dora", "use_rslora", "fan_in_fan_out"}) {
      if (config.path(flag).asBoolean()) {
        throw refused(file, flag + " is true", "train a plain LoRA adapter");
      }
    }
    for (String pattern : new String[] {"rank_pattern", "alpha_pattern"}) {
      if (!config.path(pattern).isEmpty()) {
        throw refused(file, pattern + " is set", "train one rank for all layers");
      }
    }
    if (config.path("r").asInt() < 1 || config.path("lora_alpha").asDouble() <= 0) {
      throw refused(
          file,
          "r " + config.path("r") + " and lora_alpha " + config.path("lora_alpha"),
          "state both as positive numbers");
    }
  }

  private static ModelBuildException refused(Path file, String what, String remedy) {
    return new ModelBuildException(file.toString(), what, remedy);
  }

  /** Whether it belongs to a classifier of tokens, which has no pooler. */
  boolean ofTokens() {
    return task.equals(TOKEN_TASK);
  }

  /** Rows of the table of token types it brings; empty when it uses the trunk's. */
  OptionalInt tokenTypes() {
    Tensor table = tensors.get(TOKEN_TYPES);
    return table == null ? OptionalInt.empty() : OptionalInt.of(table.shape().getFirst());
  }

  /**
   * The tensors of a {@code BertForSequenceClassification} or a {@code BertForTokenClassification}:
   * {@code bert.*} with every adapted layer W replaced by W + scale · B · A, the saved modules, and
   * the classifier.
   *
   * @param trunk tensors of the {@code BertModel} the adapter was trained on
   * @param labels rows the classifier must have
   * @throws ModelBuildException when a factor, a layer or the classifier is missing or does not fit
   */
  SortedMap<String, Tensor> mergedInto(SortedMap<String, Tensor> trunk, int labels) {
    var merged = new TreeMap<String, Tensor>();
    trunk.forEach((name, tensor) -> {
      if (!(ofTokens() && name.startsWith(POOLER))) {
        merged.put(TRUNK + name, tensor);
      }
    });
    var unused = new TreeSet<>(tensors.keySet());
    tensors.forEach((name, tensor) -> {
      if (name.endsWith(DOWN)) {
        String layer = name.substring(0, name.length() - DOWN.length());
        merged.put(layer + ".weight", adapted(merged, layer, tensor));
        unused.remove(name);
        unused.remove(layer + UP);
      } else if (!name.endsWith(UP)) {
        merged.put(name, replaced(merged, name, tensor, labels));
        unused.remove(name);
      }
    });
    if (!unused.isEmpty()) {
      throw misfit("factors without a partner: " + unused);
    }
    if (!merged.containsKey("classifier.weight") || !merged.containsKey("classifier.bias")) {
      throw misfit("classifier.weight or classifier.bias is missing");
    }
    return merged;
  }

  private Tensor adapted(SortedMap<String, Tensor> merged, String layer, Tensor down) {
    Tensor weight = merged.get(layer + ".weight");
    Tensor up = tensors.get(layer + UP);
    if (weight == null || up == null) {
      throw misfit(
          layer + ": " + (up == null ? "no " + layer + UP : "the trunk has no such layer"));
    }
    try {
      return weight.plusLowRank(scale, up, down);
    } catch (IllegalArgumentException shapes) {
      throw misfit(layer + ": " + shapes.getMessage());
    }
  }

  private Tensor replaced(
      SortedMap<String, Tensor> merged, String name, Tensor tensor, int labels) {
    Tensor before = merged.get(name);
    if (before == null && !name.startsWith("classifier.")) {
      throw misfit(name + ": the trunk has no such tensor");
    }
    if (before != null && !before.shape().equals(tensor.shape()) && !widens(name, before, tensor)) {
      throw misfit(name + " is " + tensor.shape() + ", the trunk has " + before.shape());
    }
    if (before == null && tensor.shape().getFirst() != labels) {
      throw misfit(name + " is " + tensor.shape() + ", the card lists " + labels + " labels");
    }
    return tensor;
  }

  /** A table of token types may have more rows than the trunk's. */
  private static boolean widens(String name, Tensor before, Tensor tensor) {
    return name.equals(TOKEN_TYPES)
        && tensor.shape().getFirst() >= before.shape().getFirst()
        && tensor.shape().getLast().equals(before.shape().getLast());
  }

  private ModelBuildException misfit(String what) {
    return new ModelBuildException(
        folder.resolve(WEIGHTS).toString(), what, "train the adapter on the trunk its card names");
  }
}
