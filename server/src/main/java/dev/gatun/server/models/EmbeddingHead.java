package dev.gatun.server.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A linear classifier over the embedding of a sentence encoder: a few kilobytes that a user's own
 * labels need. Its folder holds {@value #CONFIG}, {@value #WEIGHTS} with {@code classifier.weight}
 * [labels, width] and {@code classifier.bias} [labels], and a card.
 *
 * @param base name of the sentence encoder
 * @param labels in the order of the rows
 * @param weights [labels][width + 1]; the last of each row is the bias
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not changed afterwards
public record EmbeddingHead(String base, List<String> labels, float[][] weights) {
  /** What {@code architectures} says of such a folder. */
  public static final String ARCHITECTURE = "GatunEmbeddingHead";

  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "head.safetensors";
  private static final String WEIGHT = "classifier.weight";
  private static final String BIAS = "classifier.bias";
  private static final ObjectMapper JSON = new ObjectMapper();

  public EmbeddingHead {
    labels = List.copyOf(labels);
    if (labels.size() < 2 || labels.stream().distinct().count() != labels.size()) {
      throw new IllegalArgumentException("two or more different labels expected: " + labels);
    }
    if (weights.length != labels.size()) {
      throw new IllegalArgumentException(weights.length + " rows for " + labels.size() + " labels");
    }
  }

  /** Elements of the embedding it reads. */
  public int width() {
    return weights[0].length - 1;
  }

  /** Scores of all labels, before softmax. */
  public double[] logits(float[] embedding) {
    if (embedding.length != width()) {
      throw new IllegalArgumentException(
          "an embedding of " + embedding.length + " elements for a head over " + width());
    }
    double[] logits = new double[weights.length];
    for (int c = 0; c < logits.length; c++) {
      double sum = weights[c][embedding.length];
      for (int j = 0; j < embedding.length; j++) {
        sum += (double) weights[c][j] * embedding[j];
      }
      logits[c] = sum;
    }
    return logits;
  }

  /** Whether a folder holds such a head. */
  public static boolean isIn(Path folder) throws IOException {
    Path config = folder.resolve(CONFIG);
    return Files.isRegularFile(config)
        && Files.isRegularFile(folder.resolve(WEIGHTS))
        && ARCHITECTURE.equals(
            JSON.readTree(config.toFile()).path("architectures").path(0).asText());
  }

  /** Writes the files of the folder but its card. */
  public void write(Path folder) throws IOException {
    var config = new LinkedHashMap<String, Object>();
    config.put("architectures", List.of(ARCHITECTURE));
    config.put("base_model_name_or_path", base);
    config.put("hidden_size", width());
    var names = new LinkedHashMap<String, String>();
    var indexes = new LinkedHashMap<String, Integer>();
    for (int i = 0; i < labels.size(); i++) {
      names.put(Integer.toString(i), labels.get(i));
      indexes.put(labels.get(i), i);
    }
    config.put("id2label", names);
    config.put("label2id", indexes);
    ModelOutput.json(folder.resolve(CONFIG), config);
    float[] matrix = new float[labels.size() * width()];
    float[] bias = new float[labels.size()];
    for (int c = 0; c < bias.length; c++) {
      System.arraycopy(weights[c], 0, matrix, c * width(), width());
      bias[c] = weights[c][width()];
    }
    SortedMap<String, Tensor> tensors = new TreeMap<>();
    tensors.put(WEIGHT, Tensor.of(List.of(labels.size(), width()), matrix));
    tensors.put(BIAS, Tensor.of(List.of(labels.size()), bias));
    Safetensors.write(folder.resolve(WEIGHTS), tensors);
  }

  /**
   * Reads a folder.
   *
   * @throws ModelBuildException when a file is damaged or contradicts another
   */
  public static EmbeddingHead read(Path folder) throws IOException {
    JsonNode config = JSON.readTree(folder.resolve(CONFIG).toFile());
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < config.path("id2label").size(); i++) {
      labels.add(config.path("id2label").path(Integer.toString(i)).asText());
    }
    Map<String, Tensor> tensors = Safetensors.read(folder.resolve(WEIGHTS));
    Tensor matrix = tensors.get(WEIGHT);
    Tensor bias = tensors.get(BIAS);
    int width = config.path("hidden_size").asInt();
    if (matrix == null
        || bias == null
        || !matrix.shape().equals(List.of(labels.size(), width))
        || !bias.shape().equals(List.of(labels.size()))) {
      throw new ModelBuildException(
          folder.resolve(WEIGHTS).toString(),
          "does not hold "
              + WEIGHT
              + " ["
              + labels.size()
              + ", "
              + width
              + "] and "
              + BIAS
              + " ["
              + labels.size()
              + "], as "
              + CONFIG
              + " says",
          "train it again");
    }
    float[] all = matrix.floats();
    float[][] rows = new float[labels.size()][width + 1];
    for (int c = 0; c < rows.length; c++) {
      System.arraycopy(all, c * width, rows[c], 0, width);
      rows[c][width] = bias.floats()[c];
    }
    try {
      return new EmbeddingHead(config.path("base_model_name_or_path").asText(), labels, rows);
    } catch (IllegalArgumentException wrong) {
      throw new ModelBuildException(
          folder.resolve(CONFIG).toString(),
          String.valueOf(wrong.getMessage()),
          "train it again",
          wrong);
    }
  }
}
