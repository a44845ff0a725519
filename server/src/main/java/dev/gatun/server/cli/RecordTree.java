package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gatun.router.config.Expanded;
import dev.gatun.router.config.Redaction;
import dev.gatun.router.model.Secret;
import dev.gatun.server.wire.Json;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Validated records as a tree for people: snake case, empty members left out, secrets hidden. */
final class RecordTree {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Components in which secrets may stand, and the keys they were read from. */
  private static final Map<String, String> KEYS =
      Map.of("chatPath", "chat_path", "resource", "url", "arguments", "args");

  private RecordTree() {}

  /** The tree of a record, a collection or a plain value. */
  static JsonNode of(Object value) {
    return switch (value) {
      case Secret _ -> NODES.textNode("***");
      case String text -> NODES.textNode(text);
      case Boolean truth -> NODES.booleanNode(truth);
      case Integer number -> NODES.numberNode(number);
      case Long number -> NODES.numberNode(number);
      case Number number -> NODES.numberNode(number.doubleValue());
      case Enum<?> constant -> NODES.textNode(constant.name().toLowerCase(Locale.ROOT));
      case Duration duration -> NODES.textNode(duration.toMillis() + "ms");
      case Optional<?> optional -> optional.map(RecordTree::of).orElse(NODES.nullNode());
      case OptionalInt optional ->
          optional.isPresent() ? NODES.numberNode(optional.getAsInt()) : NODES.nullNode();
      case OptionalLong optional ->
          optional.isPresent() ? NODES.numberNode(optional.getAsLong()) : NODES.nullNode();
      case OptionalDouble optional ->
          optional.isPresent() ? NODES.numberNode(optional.getAsDouble()) : NODES.nullNode();
      case Collection<?> items -> array(items);
      case Map<?, ?> map -> object(map);
      case Record record -> object(record);
      default -> NODES.textNode(value.toString());
    };
  }

  /** A tree without what came from the environment. */
  static JsonNode without(Expanded expanded, JsonNode tree) {
    return switch (tree) {
      case ObjectNode object -> {
        ObjectNode hidden = Json.object();
        object
            .properties()
            .forEach(e -> hidden.set(expanded.hide(e.getKey()), without(expanded, e.getValue())));
        yield hidden;
      }
      case ArrayNode array -> {
        ArrayNode hidden = Json.array();
        array.forEach(item -> hidden.add(without(expanded, item)));
        yield hidden;
      }
      case TextNode text -> NODES.textNode(expanded.hideValue(text.textValue()));
      default -> tree;
    };
  }

  /** Block YAML; texts are quoted as in JSON where they could be taken for something else. */
  static String yaml(JsonNode tree) {
    StringBuilder out = new StringBuilder();
    block(tree, 0, out);
    return out.toString();
  }

  private static ArrayNode array(Collection<?> items) {
    ArrayNode array = Json.array();
    items.forEach(item -> array.add(of(item)));
    return array;
  }

  private static ObjectNode object(Map<?, ?> map) {
    ObjectNode object = Json.object();
    map.entrySet().stream()
        .sorted(java.util.Comparator.comparing(entry -> entry.getKey().toString()))
        .forEach(entry -> object.set(entry.getKey().toString(), of(entry.getValue())));
    return object;
  }

  private static ObjectNode object(Record record) {
    ObjectNode object = Json.object();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      JsonNode value = shown(component.getName(), of(read(record, component)));
      if (!value.isNull() && !(value.isContainerNode() && value.isEmpty())) {
        object.set(snakeCase(component.getName()), value);
      }
    }
    return object;
  }

  /** Secrets may stand in addresses and arguments, which are texts and not of a type that hides. */
  private static JsonNode shown(String component, JsonNode value) {
    String key = KEYS.get(component);
    if (key == null || value.isNull()) {
      return value;
    }
    List<String> texts = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(item -> texts.add(item.asText()));
      return of(Redaction.texts(texts, key));
    }
    return of(Redaction.texts(List.of(value.asText()), key).getFirst());
  }

  private static Object read(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }

  private static void block(JsonNode node, int indent, StringBuilder out) {
    String margin = " ".repeat(indent);
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> entry : object.properties()) {
        out.append(margin).append(scalar(NODES.textNode(entry.getKey()))).append(':');
        nested(entry.getValue(), indent + 2, out);
      }
    } else if (node instanceof ArrayNode array) {
      for (JsonNode item : array) {
        out.append(margin).append('-');
        nested(item, indent + 2, out);
      }
    }
  }

  private static void nested(JsonNode node, int indent, StringBuilder out) {
    if (!node.isContainerNode()) {
      out.append(' ').append(scalar(node)).append('\n');
    } else if (node.isEmpty()) {
      out.append(node.isArray() ? " []\n" : " {}\n");
    } else {
      out.append('\n');
      block(node, indent, out);
    }
  }

  private static String scalar(JsonNode node) {
    boolean plain = node.isTextual() && node.textValue().matches("[A-Za-z_][A-Za-z0-9_./-]*");
    boolean word = plain && node.textValue().matches("(?i)true|false|yes|no|on|off|null|y|n");
    return plain && !word ? node.textValue() : node.toString();
  }
}
