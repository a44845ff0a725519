package dev.gatun.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.router.config.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys of a configuration as the published schema knows them, by their paths. A path begins
 * anew at a definition that several places share, so that such a key is one key.
 */
final class SchemaKeys {
  private static final String PROPERTIES = "properties";
  private static final String OTHERS = "additionalProperties";

  private final JsonNode schema;
  private final Set<String> running = new TreeSet<>();
  private final Set<String> entered = new HashSet<>();

  /** Reads a schema. */
  SchemaKeys(JsonNode schema) {
    this.schema = schema;
    runs(schema, "");
  }

  /** Those that are acted upon; of a mapping, when something in it is. */
  Set<String> running() {
    return running;
  }

  /** Adds everything below a place that runs; whether there is something. */
  private boolean runs(JsonNode rules, String path) {
    if (rules.has("$ref")) {
      String name = name(rules);
      return !entered.add(name) || runs(definition(name), name);
    }
    if (rules.has("items")) {
      return runs(rules.path("items"), path + "[]");
    }
    if (rules.path(OTHERS).isObject()) {
      return runs(rules.path(OTHERS), path + ".*");
    }
    boolean any = !rules.has(PROPERTIES);
    for (var property : rules.path(PROPERTIES).properties()) {
      String key = path + "." + property.getKey();
      if (isActedUpon(property.getValue()) && runs(property.getValue(), key)) {
        running.add(key);
        any = true;
      }
    }
    for (JsonNode choice : rules.path("allOf")) {
      JsonNode payload = payload(choice);
      if (choice.has("if") && isActedUpon(payload)) {
        runs(payload, path + "(" + type(choice) + ")");
      }
    }
    return any;
  }

  private static boolean isActedUpon(JsonNode property) {
    String description = property.path("description").asText();
    return !description.endsWith(": validated, not run yet")
        && !description.startsWith("no effect: ")
        && !description.startsWith("not read yet: ")
        && !description.startsWith("no longer accepted: ");
  }

  /** Those that a document writes, also such as the schema does not know. */
  Set<String> written(Node document) {
    Set<String> written = new TreeSet<>();
    written(document, schema, "", written);
    return written;
  }

  private void written(Node node, JsonNode rules, String path, Set<String> to) {
    if (rules.has("$ref")) {
      written(node, definition(name(rules)), name(rules), to);
      return;
    }
    switch (node) {
      case Node.Scalar _ -> {}
      case Node.Sequence sequence ->
          sequence.items().forEach(item -> written(item, rules.path("items"), path + "[]", to));
      case Node.Mapping mapping -> {
        for (Node.Entry entry : mapping.entries()) {
          entry(entry, rules, path, to);
        }
        payloads(mapping, rules, path, to);
      }
    }
  }

  private void entry(Node.Entry entry, JsonNode rules, String path, Set<String> to) {
    JsonNode property = rules.path(PROPERTIES).path(entry.key());
    if (property.isMissingNode() && rules.path(OTHERS).isObject()) {
      written(entry.value(), rules.path(OTHERS), path + ".*", to);
    } else {
      String key = path + "." + entry.key();
      to.add(key);
      written(entry.value(), property, key, to);
    }
  }

  /** What is told to something whose type says what it may be told. */
  private void payloads(Node.Mapping mapping, JsonNode rules, String path, Set<String> to) {
    List<String> types = new ArrayList<>();
    for (Node.Entry entry : mapping.entries()) {
      if (entry.key().equals("type") && entry.value() instanceof Node.Scalar scalar) {
        types.add(scalar.text());
      }
    }
    for (JsonNode choice : rules.path("allOf")) {
      if (types.contains(type(choice))) {
        mapping.entries().stream()
            .filter(entry -> entry.key().equals("configuration"))
            .forEach(entry ->
                written(entry.value(), payload(choice), path + "(" + type(choice) + ")", to));
      }
    }
  }

  private static String type(JsonNode choice) {
    return choice.at("/if/properties/type/const").asText();
  }

  private static JsonNode payload(JsonNode choice) {
    return choice.at("/then/properties/configuration");
  }

  private static String name(JsonNode reference) {
    return reference.path("$ref").asText().replaceFirst("^#/definitions/", "");
  }

  private JsonNode definition(String name) {
    return schema.path("definitions").path(name);
  }
}
