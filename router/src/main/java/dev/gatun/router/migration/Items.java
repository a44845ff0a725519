package dev.gatun.router.migration;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lists, and mappings that once were lists. */
final class Items {
  private Items() {}

  /** Older names and what they are called now, in the order written. */
  static Map<String, String> ordered(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  /** The items of a list; none of anything else. */
  static List<Node> of(Node node) {
    return node instanceof Sequence list ? list.items() : List.of();
  }

  /** Mappings by their name, whether that is a key or a member. */
  static Map<String, Mapping> named(Optional<Entry> entry) {
    Map<String, Mapping> named = new LinkedHashMap<>();
    Node node = entry.map(Entry::value).orElse(Scalar.plain(Draft.NOWHERE, ""));
    if (node instanceof Mapping mapping) {
      for (Entry item : mapping.entries()) {
        if (item.value() instanceof Mapping value) {
          named.put(item.key(), value);
        }
      }
    }
    for (Node item : of(node)) {
      if (item instanceof Mapping mapping
          && mapping.value("name").orElse(mapping) instanceof Scalar name) {
        named.putIfAbsent(name.text(), mapping);
      }
    }
    return named;
  }

  /** The texts of a list, or the one text that stands in its place. */
  static List<Scalar> texts(Node node) {
    List<Scalar> texts = new ArrayList<>();
    if (node instanceof Scalar scalar) {
      texts.add(scalar);
    }
    for (Node item : of(node)) {
      if (item instanceof Scalar scalar) {
        texts.add(scalar);
      }
    }
    return texts;
  }
}
