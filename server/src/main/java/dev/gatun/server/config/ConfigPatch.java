package dev.gatun.server.config;

import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.config.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes parts of a configuration text (spec http-api §5.6): mappings merge key by key, {@code
 * null} takes a key away, lists and single values replace what was there. Comments, the order of
 * keys, and what stands in braces or brackets on one line stay where nothing changes.
 */
public final class ConfigPatch {
  /** What a patch brings has no line in the text whose comments are kept. */
  private static final Position NOWHERE = new Position("", 0, 0);

  private ConfigPatch() {}

  /**
   * The text with its changes, written anew.
   *
   * @param text whose tree is {@code before}
   */
  public static String apply(String text, Node before, Node patch) {
    return YamlWriter.write(merged(before, patch), YamlComments.of(text), FlowPlaces.of(text));
  }

  private static Node merged(Node before, Node patch) {
    if (before instanceof Scalar && patch instanceof Scalar value) {
      // It stays on its line, and so does what is said of it there.
      return new Scalar(before.position(), value.text(), value.quoted(), value.secret());
    }
    if (!(before instanceof Mapping below && patch instanceof Mapping above)) {
      return moved(patch);
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    below.entries().forEach(entry -> entries.put(entry.key(), entry));
    for (Entry entry : above.entries()) {
      Entry old = entries.get(entry.key());
      if (entry.value() instanceof Scalar scalar && scalar.isNull()) {
        entries.remove(entry.key());
      } else if (old == null) {
        entries.put(entry.key(), new Entry(NOWHERE, entry.key(), moved(entry.value())));
      } else {
        Node value = merged(old.value(), entry.value());
        entries.put(entry.key(), new Entry(old.position(), entry.key(), value));
      }
    }
    return new Mapping(below.position(), List.copyOf(entries.values()));
  }

  /** The same where it is no part of the text; keys without a value are left out. */
  private static Node moved(Node node) {
    return switch (node) {
      case Mapping mapping -> {
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : mapping.entries()) {
          if (!(entry.value() instanceof Scalar scalar && scalar.isNull())) {
            entries.add(new Entry(NOWHERE, entry.key(), moved(entry.value())));
          }
        }
        yield new Mapping(NOWHERE, entries);
      }
      case Sequence sequence ->
          new Sequence(NOWHERE, sequence.items().stream().map(ConfigPatch::moved).toList());
      case Scalar scalar -> new Scalar(NOWHERE, scalar.text(), scalar.quoted(), scalar.secret());
    };
  }
}
