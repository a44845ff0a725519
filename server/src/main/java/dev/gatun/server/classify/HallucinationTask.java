package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.grounding.Grounding;
import dev.gatun.server.exchange.AnswerColumn;
import dev.gatun.server.inference.GroundingChecker;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What parts of an answer its context does not support. */
record HallucinationTask() implements Task {
  private static final String SCORE = "hallucinated";

  @Override
  public String name() {
    return "hallucination";
  }

  @Override
  public String form() {
    return "{\"context\", \"question\"?, \"answer\"} -> {\"label\": grounded, hallucinated or "
        + "not_checked, \"scores\":{\"hallucinated\"}, \"spans\":[{\"start\", \"end\", "
        + "\"start_cp\", \"end_cp\", \"score\"}], \"reason\"?}, spans of the answer";
  }

  @Override
  public Set<AnswerColumn> columns() {
    return EnumSet.of(AnswerColumn.LABEL, AnswerColumn.SCORES, AnswerColumn.SPANS);
  }

  @Override
  public Predictor open(Resources resources) {
    return new Checking(
        GroundingChecker.open(resources.inference(), resources.store(), resources.load()));
  }

  private record Checking(GroundingChecker checker) implements Predictor {
    @Override
    public ObjectNode answer(Row row) {
      String text = row.text("answer");
      String question = row.optionalText("question").orElse("");
      ObjectNode answer = row.answer();
      return switch (checker.check(row.text("context"), question, text)) {
        case Grounding.NotChecked(String reason) -> notChecked(answer, reason);
        case Grounding.Supported(double score) ->
            checked(answer, "grounded", score, List.of(), text);
        case Grounding.Unsupported(double score, List<Grounding.Span> spans) ->
            checked(answer, SCORE, score, spans, text);
      };
    }

    @Override
    public List<String> warnings() {
      return checker.origin().warnings();
    }

    @Override
    public void close() {
      checker.close();
    }
  }

  private static ObjectNode notChecked(ObjectNode answer, String reason) {
    answer.put("label", "not_checked").put("reason", reason);
    answer.putArray("spans");
    return answer;
  }

  private static ObjectNode checked(
      ObjectNode answer, String label, double score, List<Grounding.Span> spans, String text) {
    answer.put("label", label).putObject("scores").put(SCORE, score);
    ArrayNode places = answer.putArray("spans");
    Position position = new Position(text);
    for (Grounding.Span span : spans) {
      position.put(places.addObject(), span.start(), span.end()).put("score", span.score());
    }
    return answer;
  }
}
