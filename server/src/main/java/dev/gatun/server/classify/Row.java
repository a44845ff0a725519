package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.server.wire.Json;
import dev.gatun.server.wire.Scores;
import java.util.List;
import java.util.Optional;

/**
 * One object of an input of JSON lines.
 *
 * @param line 1-based number of the line
 */
public record Row(int line, ObjectNode json) {
  /** What a row's consumer throws when the row asks for something that cannot be. */
  public static final class Bad extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Bad(String message) {
      super(message, null, false, false);
    }
  }

  /** What a model answered; {@link Bad} with the reason when it could not. */
  static <T> T known(Answer<T> answer) {
    return switch (answer) {
      case Answer.Known<T>(T value) -> value;
      case Answer.Failed<T>(String reason, _) -> throw new Bad(reason);
    };
  }

  /** An output object that begins with the row's id, or its line number when it has none. */
  public ObjectNode answer() {
    requireRead("id");
    ObjectNode answer = Json.object();
    answer.set("id", json.has("id") ? json.get("id") : IntNode.valueOf(line));
    return answer;
  }

  /** The same with a label and the probabilities of all labels. */
  ObjectNode answer(String label, List<String> labels, List<Double> probabilities) {
    ObjectNode answer = answer().put("label", label);
    answer.set("scores", Scores.byLabel(labels, probabilities));
    return answer;
  }

  /** The same, with the probabilities before calibration where they are others. */
  ObjectNode answer(String label, Distribution found) {
    return answer(label, found.labels(), found.probabilities(), found.raw());
  }

  ObjectNode answer(
      String label, List<String> labels, List<Double> probabilities, List<Double> raw) {
    ObjectNode answer = answer(label, labels, probabilities);
    if (!raw.equals(probabilities)) {
      answer.set("raw", Scores.byLabel(labels, raw));
    }
    return answer;
  }

  /** A column that its table does not give out stands in the row as the reason. */
  void requireRead(String key) {
    if (json.get(key) instanceof POJONode reason) {
      throw new Bad("\"" + key + "\" " + reason.getPojo());
    }
  }

  /** A member that must be a string. */
  public String text(String key) {
    return optionalText(key)
        .orElseThrow(() -> new Bad("\"" + key + "\" is missing: a string expected"));
  }

  /** A member that is a string, absent or null. */
  public Optional<String> optionalText(String key) {
    requireRead(key);
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (value.isBinary()) {
      throw new Bad("\"" + key + "\" is bytes that are not UTF-8: a string expected");
    }
    if (!value.isTextual()) {
      throw new Bad("\"" + key + "\" is not a string");
    }
    return Optional.of(value.textValue());
  }

  /** A member that is an array of integers, absent or null. */
  public Optional<int[]> optionalIntegers(String key) {
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
    if (!value.isArray()) {
      throw new Bad("\"" + key + "\" is not an array of integers");
    }
    if (integers.length == 0) {
      throw new Bad("\"" + key + "\" is empty: at least one integer expected");
    }
    return Optional.of(integers);
  }
}
