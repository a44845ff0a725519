package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.pii.Mention;
import dev.gatun.server.exchange.AnswerColumn;
import dev.gatun.server.inference.PersonalDataFinder;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Where personal data stands in a text. */
record PiiTask() implements Task {
  @Override
  public String name() {
    return "pii";
  }

  @Override
  public String form() {
    return "{\"text\"} -> {\"spans\":[{\"start\", \"end\", \"start_cp\", \"end_cp\", \"type\", "
        + "\"score\", \"score_min\", \"found_by\"}]}, in UTF-16 units and in code points";
  }

  @Override
  public Set<AnswerColumn> columns() {
    return EnumSet.of(AnswerColumn.SPANS);
  }

  @Override
  public Predictor open(Resources resources) {
    return new Finding(
        PersonalDataFinder.open(resources.inference(), resources.store(), resources.load()));
  }

  private record Finding(PersonalDataFinder finder) implements Predictor {
    @Override
    public ObjectNode answer(Row row) {
      String text = row.text("text");
      ObjectNode answer = row.answer();
      ArrayNode spans = answer.putArray("spans");
      Position position = new Position(text);
      for (Mention mention : Row.known(finder.find(text)).mentions()) {
        position
            .put(spans.addObject(), mention.start(), mention.end())
            .put("type", mention.type())
            .put("score", mention.score())
            .put("score_min", mention.scoreMin())
            .put("found_by", mention.evidence().name().toLowerCase(Locale.ROOT));
      }
      return answer;
    }

    @Override
    public List<String> warnings() {
      return finder.origin().warnings();
    }

    @Override
    public void close() {
      finder.close();
    }
  }
}
