package dev.gatun.router.config;

import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Replaces references to environment variables in every scalar, once, after parsing, so that no
 * value can change the shape of the document: <code>${NAME}</code>, <code>${NAME:-default}</code>
 * (default also when empty), <code>${NAME-default}</code>, and <code>$$</code> for a dollar sign. A
 * bare <code>$NAME</code> counts only in {@code api_key}. On the way it refuses repeated keys and
 * excessive depth.
 */
final class Expansion {
  private static final int DEPTH_MAX = 100;

  /** The key under which references need no braces. */
  static final String BARE = "api_key";

  /** Keys under which texts are templates with references of their own. */
  private static final Set<String> TEMPLATES = Set.of("request_template", "tool_arguments");

  /** Those references: what stands for them is known when a request is there. */
  private static final Set<String> PLACEHOLDERS =
      Set.of(
          "user_content",
          "top_k",
          "threshold",
          "matched_domains",
          "matched_keywords",
          "decision_name");

  private final Function<String, Optional<String>> environment;
  private final Report report;

  Expansion(Function<String, Optional<String>> environment, Report report) {
    this.environment = environment;
    this.report = report;
  }

  /**
   * Where a node stands.
   *
   * @param key of the nearest mapping above it
   * @param template whether some key above it is one of {@link #TEMPLATES}
   * @param depth mappings and lists above it
   */
  private record Place(String path, String key, boolean template, int depth) {
    static final Place ROOT = new Place("", "", false, 0);

    Place at(String inner) {
      String joined = path.isEmpty() ? inner : path + "." + inner;
      return new Place(joined, inner, template || TEMPLATES.contains(inner), depth + 1);
    }

    Place at(int index) {
      return new Place(path + "[" + index + "]", key, template, depth + 1);
    }
  }

  /** Whether a text is one reference and nothing else, so that it tells no value. */
  static boolean isReference(String key, String text) {
    boolean braced = text.startsWith("${") && text.endsWith("}");
    int start = braced ? 2 : 1;
    int end = braced ? text.length() - 1 : text.length();
    return (braced || (key.equals(BARE) && text.startsWith("$")))
        && end > start
        && nameEnd(text, start) == end;
  }

  /** Whether a text has a value without the environment: no reference, or one with a default. */
  static boolean isLiteral(String key, String text) {
    Position nowhere = new Position("", 1, 1);
    References references =
        new Expansion(name -> Optional.of(name), new Report())
        .new References(nowhere, Place.ROOT.at(key));
    references.replace(text);
    return !references.found || references.defaulted;
  }

  /** The same tree with all references replaced; what is wrong with them is reported. */
  Node expand(Node root) {
    return expand(root, Place.ROOT);
  }

  private Node expand(Node node, Place place) {
    if (place.depth > DEPTH_MAX) {
      report.error(
          node.position(), place.path, "nested deeper than " + DEPTH_MAX + " levels", "flatten it");
      return Scalar.plain(node.position(), "");
    }
    return switch (node) {
      case Mapping mapping -> mapping(mapping, place);
      case Sequence sequence -> {
        List<Node> items = new ArrayList<>();
        for (Node item : sequence.items()) {
          items.add(expand(item, place.at(items.size())));
        }
        yield new Sequence(sequence.position(), items);
      }
      case Scalar scalar -> scalar(scalar, place);
    };
  }

  private Mapping mapping(Mapping mapping, Place place) {
    List<Entry> entries = new ArrayList<>();
    Map<String, Position> seen = new HashMap<>();
    for (Entry entry : mapping.entries()) {
      Place inner = place.at(entry.key());
      Position first = seen.putIfAbsent(entry.key(), entry.position());
      if (first != null) {
        report.unnoticed(
            entry.position(),
            inner.path,
            "the key is already written in line " + first.line(),
            "keep one of the two");
      }
      entries.add(new Entry(entry.position(), entry.key(), expand(entry.value(), inner)));
    }
    return new Mapping(mapping.position(), entries);
  }

  private Scalar scalar(Scalar scalar, Place place) {
    if (scalar.text().indexOf('$') < 0) {
      return scalar;
    }
    References references = new References(scalar.position(), place);
    String text = references.replace(scalar.text());
    if (references.found) {
      report.expanded().add(text, references.written.toString());
    }
    boolean secret = scalar.secret() || references.found;
    return new Scalar(scalar.position(), text, scalar.quoted(), secret);
  }

  /** The references of one scalar. */
  private final class References {
    private final Position at;
    private final Place place;
    private final boolean bare;

    /** As in the file, but without defaults, which may be secrets as well. */
    private final StringBuilder written = new StringBuilder();

    private boolean found;

    /** Whether some reference has a default that says something. */
    private boolean defaulted;

    References(Position at, Place place) {
      this.at = at;
      this.place = place;
      bare = place.key.equals(BARE);
    }

    String replace(String text) {
      StringBuilder out = new StringBuilder();
      int index = 0;
      while (index < text.length()) {
        int next = index + 1;
        if (text.charAt(index) != '$' || next == text.length()) {
          literal(text.charAt(index), out);
        } else if (text.charAt(next) == '$') {
          literal('$', out);
          next++;
        } else if (text.charAt(next) == '{') {
          next = braced(text, index, out);
        } else if (bare && nameEnd(text, next) > next) {
          String name = text.substring(next, nameEnd(text, next));
          next += name.length();
          value(name, environment.apply(name).orElseGet(() -> unset(name)), out);
        } else {
          literal('$', out);
        }
        index = next;
      }
      return out.toString();
    }

    /** Replaces the reference that begins here; what is none stays as it is. */
    private int braced(String text, int start, StringBuilder out) {
      int nameStart = start + 2;
      int nameEnd = nameEnd(text, nameStart);
      int end = text.indexOf('}', nameEnd);
      String rest = end < 0 ? "?" : text.substring(nameEnd, end);
      boolean whenEmpty = rest.startsWith(":-");
      boolean hasDefault = whenEmpty || rest.startsWith("-");
      boolean isPlaceholder =
          place.template
              && rest.isEmpty()
              && PLACEHOLDERS.contains(text.substring(nameStart, nameEnd));
      if (nameEnd == nameStart || isPlaceholder || !(rest.isEmpty() || hasDefault)) {
        literal('$', out);
        literal('{', out);
        return nameStart;
      }
      String name = text.substring(nameStart, nameEnd);
      Optional<String> value = environment.apply(name).filter(v -> !(whenEmpty && v.isEmpty()));
      String otherwise = hasDefault ? rest.substring(whenEmpty ? 2 : 1) : "";
      defaulted |= !otherwise.isEmpty();
      value(name, value.orElseGet(() -> hasDefault ? otherwise : unset(name)), out);
      return end + 1;
    }

    private void literal(char c, StringBuilder out) {
      out.append(c);
      written.append(c);
    }

    private void value(String name, String value, StringBuilder out) {
      String reference = "${" + name + "}";
      found = true;
      out.append(value);
      written.append(reference);
      report.expanded().add(value, reference);
    }

    private String unset(String name) {
      report.error(
          at,
          place.path,
          "the environment variable " + name + " is not set",
          "set it, or write ${" + name + ":-default}");
      return "";
    }
  }

  /** Where the variable name that begins here ends; the same place when there is none. */
  private static int nameEnd(String text, int start) {
    int index = start;
    while (index < text.length() && isNamePart(text.charAt(index), index > start)) {
      index++;
    }
    return index;
  }

  private static boolean isNamePart(char c, boolean digitsToo) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || (digitsToo && c >= '0' && c <= '9');
  }
}
