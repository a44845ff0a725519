package dev.gatun.router.config;

import dev.gatun.router.config.Shape.Anything;
import dev.gatun.router.config.Shape.Entries;
import dev.gatun.router.config.Shape.Field;
import dev.gatun.router.config.Shape.Flag;
import dev.gatun.router.config.Shape.Items;
import dev.gatun.router.config.Shape.Keys;
import dev.gatun.router.config.Shape.Real;
import dev.gatun.router.config.Shape.Status;
import dev.gatun.router.config.Shape.Text;
import dev.gatun.router.config.Shape.Time;
import dev.gatun.router.config.Shape.Whole;
import dev.gatun.router.config.Shape.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The schema of a configuration file as JSON Schema (draft 7, which editors read), so that they
 * complete keys and mark mistakes. It accepts what the loader's first check accepts: null stands
 * for an absent value, and any value may be a reference to the environment. What keys mean to each
 * other is checked by the loader alone.
 */
public final class JsonSchema {
  private static final String REFERENCE = "\\$";
  private static final String TIME =
      "^(?:0|(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:ns|us|µs|ms|s|m|h))+)$";
  private static final List<String> FLAGS =
      List.of("true", "yes", "on", "y", "false", "no", "off", "n");

  /** Mappings that occur in several places or inside themselves, by their name here. */
  private static final Map<String, Keys> SHARED =
      Map.of(
          "modelRef", DecisionSchema.MODEL_REF,
          "decision", DecisionSchema.DECISION,
          "projections", ProjectionSchema.PROJECTIONS,
          "rule", DecisionSchema.RULE,
          "signals", SignalSchema.SIGNALS);

  private JsonSchema() {}

  /** The schema as maps, lists, texts, numbers and truth values. */
  public static Map<String, Object> tree() {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("$schema", "http://json-schema.org/draft-07/schema#");
    root.put("title", "Gatun configuration " + ConfigDecoder.VERSION);
    root.putAll(mapping(Schema.ROOT));
    Map<String, Object> definitions = new LinkedHashMap<>();
    new TreeMap<>(SHARED).forEach((name, keys) -> definitions.put(name, mapping(keys)));
    root.put("definitions", definitions);
    return root;
  }

  private static Map<String, Object> schema(Shape shape) {
    return switch (shape) {
      case Keys keys -> shared(keys);
      case Entries(Shape value) -> typed("object", "additionalProperties", schema(value));
      case Items(Shape item) -> typed("array", "items", schema(item));
      case Word word -> word(word);
      case Whole(long min, long max) ->
          number("integer", min, max, max == Long.MAX_VALUE, min == Long.MIN_VALUE);
      case Real(double min, double max) ->
          number("number", min, max, max == Double.MAX_VALUE, min == -Double.MAX_VALUE);
      case Flag() -> of("type", List.of("boolean", "string", "null"), "pattern", flags());
      case Time() ->
          of(
              "type",
              List.of("string", "integer", "null"),
              "pattern",
              TIME + "|^$|" + REFERENCE,
              "minimum",
              0,
              "maximum",
              0);
      case Text() -> of("type", List.of("string", "number", "boolean", "null"));
      case Anything() -> of();
    };
  }

  private static Map<String, Object> shared(Keys keys) {
    for (Map.Entry<String, Keys> entry : SHARED.entrySet()) {
      if (entry.getValue().equals(keys)) {
        return of("$ref", "#/definitions/" + entry.getKey());
      }
    }
    return mapping(keys);
  }

  private static Map<String, Object> mapping(Keys keys) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Field field : keys.fields().values()) {
      properties.put(field.key(), property(Forms.of(keys, field), Forms.status(keys, field)));
    }
    Map<String, Object> schema =
        of(
            "type",
            List.of("object", "null"),
            "properties",
            properties,
            "additionalProperties",
            false);
    if (keys.equals(DecisionSchema.PLUGIN)) {
      schema.put("allOf", payloads());
    }
    return schema;
  }

  /** What a plugin is told, by its type. */
  private static List<Object> payloads() {
    List<Object> payloads = new ArrayList<>();
    for (String type : DecisionSchema.PLUGINS) {
      payloads.add(
          of(
              "if",
              of("properties", of("type", of("const", type)), "required", List.of("type")),
              "then",
              of("properties", of("configuration", payload(type)))));
    }
    return payloads;
  }

  private static Map<String, Object> payload(String type) {
    Map<String, Object> payload = mapping(PluginSchema.payload(type));
    return DecisionSchema.PLUGINS_RUNNING.contains(type)
        ? payload
        : described(payload, notRun("the plugin " + type));
  }

  private static Map<String, Object> property(Shape shape, Status status) {
    return switch (status) {
      case Status.Runs() ->
          waiting(shape)
              .map(description -> described(schema(shape), description))
              .orElseGet(() -> schema(shape));
      case Status.Later(String feature) -> described(schema(shape), notRun(feature));
      case Status.Inert(String reason) -> {
        Map<String, Object> schema = described(schema(shape), "no effect: " + reason);
        schema.put("deprecated", true);
        yield schema;
      }
      case Status.Fact(String readers) -> described(schema(shape), "not read yet: " + readers);
      case Status.Gone(String replacement) ->
          of("description", "no longer accepted: " + replacement, "deprecated", true, "not", of());
    };
  }

  private static String notRun(String feature) {
    return feature + ": validated, not run yet";
  }

  /** What is to be said of a value of which this build understands more than it acts upon. */
  private static Optional<String> waiting(Shape shape) {
    if (!(shape instanceof Word word) || word.running().size() == word.words().size()) {
      return Optional.empty();
    }
    if (word.running().isEmpty()) {
      return Optional.of(notRun("every value"));
    }
    List<String> waiting = new ArrayList<>(word.words());
    waiting.removeAll(word.running());
    return Optional.of("not run yet: " + String.join(", ", waiting));
  }

  /** Draft 7 ignores what stands beside a reference, so that is wrapped. */
  private static Map<String, Object> described(Map<String, Object> schema, String description) {
    Map<String, Object> described = of("description", description);
    if (schema.containsKey("$ref")) {
      described.put("allOf", List.of(schema));
    } else {
      described.putAll(schema);
    }
    return described;
  }

  /** A word, nothing (which asks for none of them), or a reference to the environment. */
  private static Map<String, Object> word(Word word) {
    List<Object> values = new ArrayList<>(word.words());
    // A word of digits may stand there without quotes.
    word.words().stream()
        .filter(text -> text.chars().allMatch(Character::isDigit))
        .map(Long::valueOf)
        .forEach(values::add);
    List<String> patterns = new ArrayList<>(List.of("^$", REFERENCE));
    if (word.anyCase()) {
      patterns.addFirst("^(?:" + String.join("|", anyCase(word.words())) + ")$");
    }
    Map<String, Object> other =
        of("type", List.of("string", "null"), "pattern", String.join("|", patterns));
    return of("anyOf", List.of(of("enum", values), other));
  }

  private static Map<String, Object> number(
      String type, Number min, Number max, boolean noMax, boolean noMin) {
    Map<String, Object> schema = of("type", List.of(type, "string", "null"));
    if (!noMin) {
      schema.put("minimum", min);
    }
    if (!noMax) {
      schema.put("maximum", max);
    }
    schema.put("pattern", REFERENCE);
    return schema;
  }

  private static String flags() {
    return "^(?:" + String.join("|", anyCase(FLAGS)) + ")$|" + REFERENCE;
  }

  private static List<String> anyCase(List<String> words) {
    List<String> patterns = new ArrayList<>();
    for (String word : words) {
      StringBuilder pattern = new StringBuilder();
      for (int i = 0; i < word.length(); i++) {
        char lower = Character.toLowerCase(word.charAt(i));
        char upper = Character.toUpperCase(word.charAt(i));
        pattern.append(lower == upper ? String.valueOf(lower) : "[" + upper + lower + "]");
      }
      patterns.add(pattern.toString());
    }
    return patterns;
  }

  private static Map<String, Object> typed(String type, String key, Object value) {
    return of("type", List.of(type, "null"), key, value);
  }

  private static Map<String, Object> of(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i].toString(), pairs[i + 1]);
    }
    return map;
  }
}
