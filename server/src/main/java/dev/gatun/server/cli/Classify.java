package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Inference;
import dev.gatun.router.pii.ExactRecognizers;
import dev.gatun.router.pii.Mention;
import dev.gatun.router.port.Distribution;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.TaskClassifier;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatun classify}: a task's prediction for every line of a file. */
@Command(
    name = "classify",
    description = "Predict a label for every line of a file, as the router would.",
    footer = {
      "",
      "{\"id\"?, \"text\"} in, and out:",
      "  pii: {\"id\", \"spans\":[",
      "       {\"start\", \"end\", \"start_cp\", \"end_cp\", \"type\", \"score\"}]},",
      "       in UTF-16 units and in code points;",
      "  all others: {\"id\", \"label\", \"scores\":{label: p}}."
    })
final class Classify implements Callable<Integer> {
  private final Console console;

  @Mixin private ModelOptions options = new ModelOptions();

  @Option(
      names = "--task",
      paramLabel = "TASK",
      required = true,
      description = "${COMPLETION-CANDIDATES}.")
  private Task task = Task.domain;

  @Mixin private RowOptions rows = new RowOptions();

  Classify(Console console) {
    this.console = console;
  }

  /** Tasks of this build; the names are those of the option. */
  private enum Task {
    complexity,
    domain,
    fact_check,
    jailbreak,
    modality,
    user_feedback,
    pii
  }

  @Override
  public Integer call() {
    return switch (task) {
      case complexity, domain, fact_check, jailbreak, modality, user_feedback ->
          labels(task.name());
      case pii -> rows.answer(console, Classify::mentions);
    };
  }

  private int labels(String task) {
    ModelStore store = new ModelStore(Path.of(System.getProperty("gatun.models", "models")));
    try (Inference inference = options.open();
        TaskClassifier classifier = TaskClassifier.open(inference, store, task, options.load())) {
      classifier.origin().warnings().forEach(console::say);
      return rows.answer(console, row -> label(classifier, row));
    }
  }

  private static ObjectNode label(TaskClassifier classifier, Row row) {
    Distribution distribution =
        classifier
            .classify(row.text("text"))
            .fold(
                known -> known,
                reason -> {
                  throw new Row.Bad(reason);
                });
    ObjectNode answer = row.answer().put("label", classifier.label(distribution));
    ObjectNode scores = answer.putObject("scores");
    for (int i = 0; i < distribution.labels().size(); i++) {
      scores.put(distribution.labels().get(i), distribution.probabilities().get(i));
    }
    return answer;
  }

  private static ObjectNode mentions(Row row) {
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
