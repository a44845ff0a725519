package dev.gatun.server.classify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.pii.ExactRecognizers;
import dev.gatun.router.pii.Mention;

/** Where personal data stands in a text. */
record PiiTask() implements Task {
  @Override
  public String name() {
    return "pii";
  }

  @Override
  public String form() {
    return "{\"text\"} -> {\"spans\":[{\"start\", \"end\", \"start_cp\", \"end_cp\", \"type\", "
        + "\"score\"}]}, in UTF-16 units and in code points";
  }

  @Override
  public Predictor open(Resources resources) {
    return PiiTask::answer;
  }

  private static ObjectNode answer(Row row) {
    String text = row.text("text");
    ObjectNode answer = row.answer();
    ArrayNode spans = answer.putArray("spans");
    for (Mention mention : ExactRecognizers.find(text)) {
      int start = text.codePointCount(0, mention.start());
      spans
          .addObject()
          .put("start", mention.start())
          .put("end", mention.end())
          .put("start_cp", start)
          .put("end_cp", start + text.codePointCount(mention.start(), mention.end()))
          .put("type", mention.type())
          .put("score", mention.score());
    }
    return answer;
  }
}
