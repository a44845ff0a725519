package dev.gatun.server.config;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.model.Compatibility;
import java.util.ArrayList;
import java.util.List;

/** Sets {@code global.router.compatibility} as if the file said so. */
final class CompatibilityOverride {
  private static final List<String> PATH = List.of("global", "router", "compatibility");

  private CompatibilityOverride() {}

  static Node apply(Node root, Compatibility compatibility) {
    return set(root, 0, compatibility.word());
  }

  /** A node that is no mapping is left alone: the decoder reports it. */
  private static Node set(Node node, int depth, String word) {
    if (depth == PATH.size()) {
      return new Scalar(node.position(), word, true, false);
    }
    boolean nothing = node instanceof Scalar scalar && scalar.isNull();
    if (!(node instanceof Mapping) && !nothing) {
      return node;
    }
    List<Entry> entries = new ArrayList<>();
    boolean found = false;
    if (node instanceof Mapping mapping) {
      for (Entry entry : mapping.entries()) {
        boolean here = entry.key().equals(PATH.get(depth));
        found |= here;
        Node value = here ? set(entry.value(), depth + 1, word) : entry.value();
        entries.add(new Entry(entry.position(), entry.key(), value));
      }
    }
    if (!found) {
      Node empty = Scalar.plain(node.position(), "");
      entries.add(new Entry(node.position(), PATH.get(depth), set(empty, depth + 1, word)));
    }
    return new Mapping(node.position(), entries);
  }
}
