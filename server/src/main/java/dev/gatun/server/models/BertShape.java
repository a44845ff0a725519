package dev.gatun.server.models;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sizes of a BERT encoder as its {@code config.json} states them; tells which tensors, of which
 * shapes, such an encoder has.
 */
record BertShape(
    int hidden, int layers, int intermediate, int vocabulary, int positions, int tokenTypes) {

  BertShape {
    for (int size : new int[] {hidden, layers, intermediate, vocabulary, positions, tokenTypes}) {
      if (size < 1) {
        throw new IllegalArgumentException("a BERT encoder has no size " + size);
      }
    }
  }

  /**
   * @param where the file and key of {@code config}, for messages
   * @throws ModelBuildException when a size is missing or not a positive number
   */
  static BertShape of(JsonNode config, String where) {
    return new BertShape(
        size(config, "hidden_size", where),
        size(config, "num_hidden_layers", where),
        size(config, "intermediate_size", where),
        size(config, "vocab_size", where),
        size(config, "max_position_embeddings", where),
        size(config, "type_vocab_size", where));
  }

  private static int size(JsonNode config, String key, String where) {
    if (config.path(key).asInt() < 1) {
      throw new ModelBuildException(
          where + "." + key, "is not a positive number", "state the size of the encoder there");
    }
    return config.path(key).asInt();
  }

  /** Tensor name (no prefix, as in a BertModel folder) to shape, pooler included. */
  Map<String, List<Integer>> tensors() {
    var shapes = new LinkedHashMap<String, List<Integer>>();
    shapes.put("embeddings.word_embeddings.weight", List.of(vocabulary, hidden));
    shapes.put("embeddings.position_embeddings.weight", List.of(positions, hidden));
    shapes.put("embeddings.token_type_embeddings.weight", List.of(tokenTypes, hidden));
    norm(shapes, "embeddings.LayerNorm");
    for (int layer = 0; layer < layers; layer++) {
      String prefix = "encoder.layer." + layer + ".";
      linear(shapes, prefix + "attention.self.query", hidden, hidden);
      linear(shapes, prefix + "attention.self.key", hidden, hidden);
      linear(shapes, prefix + "attention.self.value", hidden, hidden);
      linear(shapes, prefix + "attention.output.dense", hidden, hidden);
      norm(shapes, prefix + "attention.output.LayerNorm");
      linear(shapes, prefix + "intermediate.dense", intermediate, hidden);
      linear(shapes, prefix + "output.dense", hidden, intermediate);
      norm(shapes, prefix + "output.LayerNorm");
    }
    linear(shapes, "pooler.dense", hidden, hidden);
    return shapes;
  }

  private static void linear(
      Map<String, List<Integer>> shapes, String name, int outputs, int inputs) {
    shapes.put(name + ".weight", List.of(outputs, inputs));
    shapes.put(name + ".bias", List.of(outputs));
  }

  private void norm(Map<String, List<Integer>> shapes, String name) {
    shapes.put(name + ".weight", List.of(hidden));
    shapes.put(name + ".bias", List.of(hidden));
  }
}
