package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.wire.Json;
import java.util.Optional;

/**
 * One object of an input of JSON lines.
 *
 * @param line 1-based number of the line
 */
record Row(int line, ObjectNode json) {
  /** What a row's consumer throws when the row asks for something that cannot be. */
  static final class Bad extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Bad(String message) {
      super(message, null, false, false);
    }
  }

  /** An output object that begins with the row's id, or its line number when it has none. */
  ObjectNode answer() {
    ObjectNode answer = Json.object();
    answer.set("id", json.has("id") ? json.get("id") : IntNode.valueOf(line));
    return answer;
  }

  /** A member that must be a string. */
  String text(String key) {
    return optionalText(key)
        .orElseThrow(() -> new Bad("\"" + key + "\" is missing: a string expected"));
  }

  /** A member that is a string, absent or null. */
  Optional<String> optionalText(String key) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw new Bad("\"" + key + "\" is not a string");
    }
    return Optional.of(value.textValue());
  }

  /** A member that is an array of integers, absent or null. */
  Optional<int[]> optionalIntegers(String key) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    int[] integers = new int[value.size()];
    for (int i = 0; i < integers.length; i++) {
      if (!value.path(i).canConvertToInt() || !value.path(i).isIntegralNumber()) {
        throw new Bad("\"" + key + "\"[" + i + "] is not an integer");
      }
      integers[i] = value.path(i).intValue();
    }
    if (!value.isArray() || integers.length == 0) {
      throw new Bad("\"" + key + "\" is not an array of integers");
    }
    return Optional.of(integers);
  }
}
