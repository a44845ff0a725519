package dev.gatun.server.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The one JSON reader and writer of the server. Reading is strict: a member that occurs twice is an
 * error, because the router and a backend could disagree on which one counts, and nesting is
 * bounded. The length of a string is bounded by the size of the body, which the caller bounds.
 */
public final class Json {
  private static final int DEPTH_MAX = 500;

  /** A token of one byte can cost a hundred in memory, so tokens are bounded beside bytes. */
  private static final long TOKENS_MAX = 1_000_000;

  static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              // Interned names would stay for the life of the process.
              .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
              .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
              .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(DEPTH_MAX)
                      .maxTokenCount(TOKENS_MAX)
                      .maxStringLength(Integer.MAX_VALUE)
                      .build())
              .build());

  private Json() {}

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** A member that is text; empty when there is none, or it is something else. */
  public static String text(JsonNode object, String key) {
    JsonNode value = object.path(key);
    return value.isTextual() ? value.textValue() : "";
  }

  /** A text as JSON writes it, with its quotes. */
  static String quoted(String text) {
    return JsonNodeFactory.instance.textNode(text).toString();
  }

  /** Serialised without white space, UTF-8. */
  public static byte[] bytes(JsonNode tree) {
    try {
      return MAPPER.writeValueAsBytes(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a JSON tree cannot be written", e);
    }
  }

  /** Maps, lists, texts, numbers, truth values and null as a tree. */
  public static JsonNode tree(@Nullable Object value) {
    return MAPPER.valueToTree(value);
  }

  /** For people: two blanks per level, a line end after the last line. */
  public static String pretty(JsonNode tree) {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", String.valueOf('\n')));
    try {
      return MAPPER.writer(printer).writeValueAsString(tree) + '\n';
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a JSON tree cannot be written", e);
    }
  }

  /** Serialised as one server-sent event. */
  public static byte[] event(JsonNode tree) {
    byte[] json = bytes(tree);
    byte[] event = new byte[json.length + 8];
    byte[] prefix = "data: ".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(prefix, 0, event, 0, prefix.length);
    System.arraycopy(json, 0, event, prefix.length, json.length);
    event[event.length - 2] = '\n';
    event[event.length - 1] = '\n';
    return event;
  }

  /**
   * Reads one whole document.
   *
   * @throws JsonProcessingException when it is not UTF-8 or JSON, repeats a member, nests too deep
   *     or holds too many tokens
   */
  public static JsonNode read(byte[] utf8) throws JsonProcessingException {
    if (!Utf8.isValid(utf8)) {
      throw new com.fasterxml.jackson.core.JsonParseException(null, "the text is not UTF-8");
    }
    try (var parser = MAPPER.createParser(utf8)) {
      JsonNode tree = parser.readValueAsTree();
      if (parser.nextToken() != null) {
        throw new com.fasterxml.jackson.core.JsonParseException(
            parser, "more than one JSON value", parser.currentTokenLocation());
      }
      return tree == null ? MAPPER.missingNode() : tree;
    } catch (JsonProcessingException e) {
      throw e;
    } catch (java.io.IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }
}
