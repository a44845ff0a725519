package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Languages;
import dev.gatun.server.exchange.AnswerColumn;
import dev.gatun.server.inference.DetectedLanguages;
import java.util.EnumSet;
import java.util.Set;

/** The natural language of a text, as an ISO 639-1 code; without label where there are no words. */
record LanguageTask() implements Task {
  /** Languages less likely than this are left out of the scores. */
  private static final double SHOWN_MIN = 1e-4;

  @Override
  public String name() {
    return "language";
  }

  @Override
  public String form() {
    return "{\"text\"} -> {\"label\": code or null, \"scores\":{code: p}}";
  }

  @Override
  public Set<AnswerColumn> columns() {
    return EnumSet.of(AnswerColumn.LABEL, AnswerColumn.SCORES);
  }

  @Override
  public Predictor open(Resources resources) {
    Languages languages = DetectedLanguages.open(resources.store());
    return row -> answer(languages, row);
  }

  private static ObjectNode answer(Languages languages, Row row) {
    Distribution found = Row.known(languages.detect(row.text("text")));
    ObjectNode answer = row.answer();
    if (found.labels().isEmpty()) {
      answer.putNull("label").putObject("scores");
      return answer;
    }
    answer.put("label", found.labels().getFirst());
    ObjectNode scores = answer.putObject("scores");
    for (int i = 0; i < found.labels().size(); i++) {
      if (found.probabilities().get(i) >= SHOWN_MIN) {
        scores.put(found.labels().get(i), found.probabilities().get(i));
      }
    }
    return answer;
  }
}
