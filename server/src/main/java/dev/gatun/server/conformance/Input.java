package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The input of a case, or an object inside it; an absent member reads as empty, 0 or false. */
record Input(JsonNode json) {
  private static final Position PLACE = new Position("case", 1, 1);

  String text(String key) {
    return json.path(key).asText("");
  }

  double number(String key) {
    return json.path(key).asDouble();
  }

  int whole(String key) {
    return json.path(key).asInt();
  }

  boolean flag(String key) {
    return json.path(key).asBoolean();
  }

  /** Whether a member is there and not null. */
  boolean has(String key) {
    return json.hasNonNull(key);
  }

  Input at(String key) {
    return new Input(json.path(key));
  }

  /** The items of this list. */
  List<Input> items() {
    List<Input> items = new ArrayList<>();
    json.forEach(item -> items.add(new Input(item)));
    return items;
  }

  List<Input> items(String key) {
    return at(key).items();
  }

  /** The items of this list, as text. */
  List<String> texts() {
    return items().stream().map(item -> item.json.asText()).toList();
  }

  List<String> texts(String key) {
    return at(key).texts();
  }

  List<Double> numbers(String key) {
    return items(key).stream().map(item -> item.json.asDouble()).toList();
  }

  /** The members of an object in their order. */
  Map<String, Input> members(String key) {
    Map<String, Input> members = new LinkedHashMap<>();
    json.path(key)
        .properties()
        .forEach(member -> members.put(member.getKey(), new Input(member.getValue())));
    return members;
  }

  /** The same as a part of a configuration file. */
  Node node() {
    return node(json);
  }

  private static Node node(JsonNode json) {
    return switch (json) {
      case ObjectNode object ->
          new Node.Mapping(
              PLACE,
              object.properties().stream()
                  .map(member -> new Node.Entry(PLACE, member.getKey(), node(member.getValue())))
                  .toList());
      case ArrayNode array -> {
        List<Node> items = new ArrayList<>();
        array.forEach(item -> items.add(node(item)));
        yield new Node.Sequence(PLACE, items);
      }
      default ->
          json.isNull()
              ? Node.Scalar.plain(PLACE, "")
              : new Node.Scalar(PLACE, json.asText(), json.isTextual(), false);
    };
  }
}
