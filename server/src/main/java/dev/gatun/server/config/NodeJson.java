package dev.gatun.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Difference;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.server.wire.Json;
import java.util.Locale;

/** Configuration text, its problems and differences as JSON. */
public final class NodeJson {
  private static final int DIGITS_MAX = 18;

  private NodeJson() {}

  /** A part of a configuration file; a plain scalar that looks like a number is one. */
  public static JsonNode of(Node node) {
    return switch (node) {
      case Mapping mapping -> {
        ObjectNode object = Json.object();
        mapping.entries().forEach(entry -> object.set(entry.key(), of(entry.value())));
        yield object;
      }
      case Sequence sequence -> {
        ArrayNode array = Json.array();
        sequence.items().forEach(item -> array.add(of(item)));
        yield array;
      }
      case Scalar scalar -> scalar(scalar);
    };
  }

  private static JsonNode scalar(Scalar scalar) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    String text = scalar.text();
    if (scalar.quoted()) {
      return nodes.textNode(text);
    }
    if (scalar.isNull()) {
      return nodes.nullNode();
    }
    if (text.equals("true") || text.equals("false")) {
      return BooleanNode.valueOf(text.equals("true"));
    }
    String unsigned = text.startsWith("-") ? text.substring(1) : text;
    if (isWhole(unsigned)) {
      return nodes.numberNode(Long.parseLong(text));
    }
    int point = unsigned.indexOf('.');
    return point > 0
            && isDigits(unsigned.substring(0, point))
            && isDigits(unsigned.substring(point + 1))
        ? nodes.numberNode(Double.parseDouble(text))
        : nodes.textNode(text);
  }

  /** Without zeros in front, which only a text has, and short enough for a long. */
  private static boolean isWhole(String text) {
    return isDigits(text)
        && text.length() <= DIGITS_MAX
        && (text.length() == 1 || text.charAt(0) != '0');
  }

  private static boolean isDigits(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** {@code change}, {@code path}, and {@code before} and {@code after} where there is one. */
  public static ObjectNode of(Difference difference) {
    ObjectNode object =
        Json.object()
            .put("change", difference.change().name().toLowerCase(Locale.ROOT))
            .put("path", difference.path());
    difference.before().ifPresent(node -> object.set("before", of(node)));
    difference.after().ifPresent(node -> object.set("after", of(node)));
    return object;
  }

  /** A problem as programs read it (spec cli.md, {@code config validate}). */
  public static ObjectNode of(Diagnostic problem) {
    return Json.object()
        .put("severity", problem.severity().name().toLowerCase(Locale.ROOT))
        .put("file", problem.position().file())
        .put("line", problem.position().line())
        .put("column", problem.position().column())
        .put("key", problem.key())
        .put("message", problem.message())
        .put("hint", problem.hint());
  }
}
