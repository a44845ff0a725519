package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.classify.Row;
import dev.gatun.server.manage.Evaluator;
import java.util.List;
import java.util.Optional;

/**
 * Where a request should go, as its row says: {@code expect} is the name of a decision, empty for
 * none, or an object with {@code decision} or {@code model} or both.
 *
 * @param decision the empty name expects that no decision matches
 */
record Expectation(Optional<String> decision, Optional<String> model) {
  /** The member of a row. */
  static final String KEY = "expect";

  private static final String DECISION = "decision";
  private static final String MODEL = "model";

  /**
   * Reads what a row expects.
   *
   * @param expect the member, missing when the row expects nothing
   * @throws Row.Bad when it is something else
   */
  static Expectation of(JsonNode expect) {
    if (expect.isMissingNode() || expect.isNull()) {
      return new Expectation(Optional.empty(), Optional.empty());
    }
    if (expect.isTextual()) {
      return new Expectation(Optional.of(expect.textValue()), Optional.empty());
    }
    for (var member : expect.properties()) {
      if (!List.of(DECISION, MODEL).contains(member.getKey())) {
        throw new Row.Bad(
            "expect." + member.getKey() + " is not known; there are " + DECISION + " and " + MODEL);
      }
    }
    Expectation read = new Expectation(name(expect, DECISION), name(expect, MODEL));
    if (read.isNothing()) {
      throw bad();
    }
    return read;
  }

  private static Optional<String> name(JsonNode expect, String key) {
    JsonNode name = expect.path(key);
    if (!name.isMissingNode() && !name.isTextual()) {
      throw bad();
    }
    return Optional.ofNullable(name.textValue());
  }

  private static Row.Bad bad() {
    return new Row.Bad(
        "expect must be the name of a decision, or an object with decision, model or both");
  }

  boolean isNothing() {
    return decision.isEmpty() && model.isEmpty();
  }

  /** Whether an answer is what was expected; a refusal never is. */
  boolean isMet(ObjectNode answer) {
    return !answer.path(Evaluator.REFUSED).asBoolean()
        && is(decision, answer.at("/decision_result/decision_name"))
        && is(model, answer.path("selected_model"));
  }

  private static boolean is(Optional<String> expected, JsonNode found) {
    return expected.isEmpty() || expected.get().equals(found.asText());
  }
}
