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

  /** Keys under which texts are templates with references of their own. */
  private static final Set<String> TEMPLATES =
      Set.of("request_template", "prompt_template", "tool_arguments");

  private final Function<String, Optional<String>> environment;
  private final Report report;

  Expansion(Function<String, Optional<String>> environment, Report report) {
    this.environment = environment;
    this.report = report;
  }

  /** The same tree with all references replaced; what is wrong with them is reported. */
  Node expand(Node root) {
    return expand(root, "", "", 0);
  }

  private Node expand(Node node, String path, String key, int depth) {
    if (TEMPLATES.contains(key)) {
      return node;
    }
    if (depth > DEPTH_MAX) {
      report.error(
          node.position(), path, "nested deeper than " + DEPTH_MAX + " levels", "flatten it");
      return Scalar.plain(node.position(), "");
    }
    return switch (node) {
      case Mapping mapping -> mapping(mapping, path, depth);
      case Sequence sequence -> {
        List<Node> items = new ArrayList<>();
        for (Node item : sequence.items()) {
          items.add(expand(item, path + "[" + items.size() + "]", key, depth + 1));
        }
        yield new Sequence(sequence.position(), items);
      }
      case Scalar scalar -> scalar(scalar, path, key);
    };
  }

  private Mapping mapping(Mapping mapping, String path, int depth) {
    List<Entry> entries = new ArrayList<>();
    Map<String, Position> seen = new HashMap<>();
    for (Entry entry : mapping.entries()) {
      String inner = path.isEmpty() ? entry.key() : path + "." + entry.key();
      Position first = seen.putIfAbsent(entry.key(), entry.position());
      if (first != null) {
        report.unnoticed(
            entry.position(),
            inner,
            "the key is already written in line " + first.line(),
            "keep one of the two");
      }
      Node value = expand(entry.value(), inner, entry.key(), depth + 1);
      entries.add(new Entry(entry.position(), entry.key(), value));
    }
    return new Mapping(mapping.position(), entries);
  }

  private Scalar scalar(Scalar scalar, String path, String key) {
    if (scalar.text().indexOf('$') < 0) {
      return scalar;
    }
    References references = new References(scalar.position(), path, key.equals("api_key"));
    String text = references.replace(scalar.text());
    boolean secret = scalar.secret() || references.found;
    return new Scalar(scalar.position(), text, scalar.quoted(), secret);
  }

  /** The references of one scalar. */
  private final class References {
    private final Position at;
    private final String path;
    private final boolean bare;
    private boolean found;

    References(Position at, String path, boolean bare) {
      this.at = at;
      this.path = path;
      this.bare = bare;
    }

    String replace(String text) {
      StringBuilder out = new StringBuilder();
      int index = 0;
      while (index < text.length()) {
        int next = index + 1;
        if (text.charAt(index) != '$' || next == text.length()) {
          out.append(text.charAt(index));
        } else if (text.charAt(next) == '$') {
          out.append('$');
          next++;
        } else if (text.charAt(next) == '{') {
          next = braced(text, index, out);
        } else if (bare && nameEnd(text, next) > next) {
          String name = text.substring(next, nameEnd(text, next));
          next += name.length();
          found = true;
          out.append(environment.apply(name).orElseGet(() -> unset(name, at, path)));
        } else {
          out.append('$');
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
      if (nameEnd == nameStart || !(rest.isEmpty() || hasDefault)) {
        out.append("${");
        return nameStart;
      }
      found = true;
      String name = text.substring(nameStart, nameEnd);
      Optional<String> value = environment.apply(name).filter(v -> !(whenEmpty && v.isEmpty()));
      String otherwise = hasDefault ? rest.substring(whenEmpty ? 2 : 1) : "";
      out.append(value.orElseGet(() -> hasDefault ? otherwise : unset(name, at, path)));
      return end + 1;
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

  private String unset(String name, Position at, String path) {
    report.error(
        at,
        path,
        "the environment variable " + name + " is not set",
        "set it, or write ${" + name + ":-default}");
    return "";
  }
}
