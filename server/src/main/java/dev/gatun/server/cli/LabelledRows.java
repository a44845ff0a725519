package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import dev.gatun.server.classify.Row;
import dev.gatun.server.wire.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Labelled texts, each as what a model makes of it.
 *
 * @param labels of the texts, in order
 * @param values one per text
 */
record LabelledRows<T>(List<String> labels, List<T> values) {
  private static final String VALUE = "value";
  private static final String LABEL = "label";

  /**
   * Reads lines of {@code {"text", "label"}}.
   *
   * @param of the value of a text; called from several threads at once
   * @param type of the values
   * @throws Failure when a line cannot be used: every one is named, and nothing is made of the rest
   */
  static <T> LabelledRows<T> read(
      Console console, String input, Function<String, T> of, Class<T> type) {
    List<String> labels = new ArrayList<>();
    List<T> values = new ArrayList<>();
    int status =
        new JsonLines(console, input)
            .run(
                row -> answer(row, of),
                answer -> {
                  labels.add(answer.path(LABEL).asText());
                  values.add(type.cast(((POJONode) answer.get(VALUE)).getPojo()));
                });
    if (status != ExitStatus.OK) {
      throw new Failure(ExitStatus.FAILED, input + ": correct the lines above");
    }
    if (values.isEmpty()) {
      throw new Failure(ExitStatus.FAILED, input + " holds no line {\"text\", \"label\"}");
    }
    return new LabelledRows<>(labels, values);
  }

  private static <T> ObjectNode answer(Row row, Function<String, T> of) {
    String label = row.text(LABEL).strip();
    if (label.isEmpty()) {
      throw new Row.Bad("\"label\" is empty");
    }
    ObjectNode answer = Json.object().put(LABEL, label);
    answer.putPOJO(VALUE, of.apply(row.text("text")));
    return answer;
  }

  /** The labels that occur, sorted. */
  List<String> classes() {
    return List.copyOf(new TreeSet<>(labels));
  }

  /** The place of each row's label among some classes. */
  int[] indexes(List<String> classes) {
    int[] indexes = labels.stream().mapToInt(classes::indexOf).toArray();
    int unknown = Arrays.stream(indexes).filter(i -> i < 0).findFirst().orElse(0);
    if (unknown < 0) {
      TreeSet<String> strangers = new TreeSet<>(labels);
      classes.forEach(strangers::remove);
      throw new Failure(
          ExitStatus.FAILED, "the model has no label " + strangers + ", only " + classes);
    }
    return indexes;
  }
}
