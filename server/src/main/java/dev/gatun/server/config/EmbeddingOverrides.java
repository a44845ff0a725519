package dev.gatun.server.config;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Variables that choose the embedding model as if the file said so (spec config §1.4). */
final class EmbeddingOverrides {
  private static final List<String> SECTION =
      List.of("global", "model_catalog", "embeddings", "semantic", "embedding_config");

  /** The variables, and the key of the section that each replaces. */
  private static final Map<String, String> VARIABLES =
      Map.of("EMBEDDING_MODEL_OVERRIDE", "model_type", "EMBEDDING_BACKEND_OVERRIDE", "backend");

  private EmbeddingOverrides() {}

  /**
   * The document with what the environment replaces; a problem of such a value is reported at the
   * name of its variable. A document of another layout stays as it is.
   */
  static Node of(Node root, Function<String, Optional<String>> environment) {
    boolean isV03 =
        root instanceof Mapping mapping
            && (mapping.value("routing").isPresent() || mapping.value("global").isPresent());
    Node changed = root;
    for (Map.Entry<String, String> entry : new TreeMap<>(VARIABLES).entrySet()) {
      Optional<String> word = environment.apply(entry.getKey()).filter(text -> !text.isBlank());
      if (isV03 && word.isPresent()) {
        List<String> path = new ArrayList<>(SECTION);
        path.add(entry.getValue());
        Position at = new Position("$" + entry.getKey(), 1, 1);
        changed = set(changed, path, new Scalar(at, word.get().strip(), true, false));
      }
    }
    return changed;
  }

  /** A node that is no mapping is left alone: the decoder reports it. */
  private static Node set(Node node, List<String> path, Scalar value) {
    if (path.isEmpty()) {
      return value;
    }
    boolean nothing = node instanceof Scalar scalar && scalar.isNull();
    if (!(node instanceof Mapping) && !nothing) {
      return node;
    }
    String key = path.getFirst();
    List<String> rest = path.subList(1, path.size());
    List<Entry> entries = new ArrayList<>();
    boolean found = false;
    if (node instanceof Mapping mapping) {
      for (Entry entry : mapping.entries()) {
        boolean here = entry.key().equals(key);
        found |= here;
        entries.add(
            here ? new Entry(entry.position(), key, set(entry.value(), rest, value)) : entry);
      }
    }
    if (!found) {
      Node empty = Scalar.plain(node.position(), "");
      entries.add(new Entry(node.position(), key, set(empty, rest, value)));
    }
    return new Mapping(node.position(), entries);
  }
}
