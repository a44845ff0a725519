package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.classify.Row;
import dev.gatun.server.inference.HeadScorer;
import dev.gatun.server.learn.Probability;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Rows answered by a linear head: a text as {@code classify} reads it, or tokens as they are. */
record HeadRows(HeadScorer head) {
  private static final List<String> NOT_HEEDED = List.of("text_pair", "prompt", "type_ids");

  ObjectNode answer(Row row) {
    NOT_HEEDED.forEach(key -> requireNone(row, key));
    ObjectNode answer = row.answer();
    Optional<int[]> given = row.optionalIntegers("ids");
    int[] ids = given.orElseGet(() -> head.ids(row.text("text")));
    double[] logits = given.map(head::scores).orElseGet(() -> head.scores(row.text("text")));
    ArrayNode tokens = answer.putArray("ids");
    Arrays.stream(ids).forEach(tokens::add);
    ArrayNode values = answer.putArray("logits");
    Arrays.stream(logits).forEach(values::add);
    return answer.put("label", head.labels().get(Probability.best(logits)));
  }

  /** What a head cannot heed is not passed over: the answer would be that of another row. */
  private static void requireNone(Row row, String key) {
    if (row.json().hasNonNull(key)) {
      throw new Row.Bad("\"" + key + "\": a trained head reads \"text\" or \"ids\" alone");
    }
  }
}
