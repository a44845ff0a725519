package dev.gatun.router.config;

import java.util.List;
import java.util.Optional;

/**
 * A configuration document before it means anything: three shapes, each with its place in the file.
 * Aliases are already expanded; duplicate keys are still there, so that they can be reported.
 */
public sealed interface Node {
  Position position();

  /** Key-value pairs in the order of the file. */
  record Mapping(Position position, List<Entry> entries) implements Node {
    public Mapping {
      entries = List.copyOf(entries);
    }

    /** The value of a key; of a repeated key the last one. */
    public Optional<Node> value(String key) {
      for (int i = entries.size() - 1; i >= 0; i--) {
        if (entries.get(i).key().equals(key)) {
          return Optional.of(entries.get(i).value());
        }
      }
      return Optional.empty();
    }
  }

  /**
   * One key and its value.
   *
   * @param position where the key begins
   */
  record Entry(Position position, String key, Node value) {}

  record Sequence(Position position, List<Node> items) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /**
   * The source text of a value, without quotes. It gets a type only when a typed field reads it.
   *
   * @param quoted whether the file quotes it, so that it is text whatever it looks like
   * @param secret whether it holds something from the environment; such a text is never shown
   */
  record Scalar(Position position, String text, boolean quoted, boolean secret) implements Node {
    public static Scalar plain(Position position, String text) {
      return new Scalar(position, text, false, false);
    }

    /** Whether this is YAML's way to say "nothing". */
    public boolean isNull() {
      return !quoted && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
    }

    /** The text as it may appear in a message. */
    public String shown() {
      return secret ? "***" : text;
    }

    @Override
    public String toString() {
      return position + " " + shown();
    }
  }
}
