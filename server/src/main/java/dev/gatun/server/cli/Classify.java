package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.LoadOptions;
import dev.gatun.router.port.Distribution;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.NativeEncoders;
import java.nio.file.Path;
import java.util.List;
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
      "Task domain: {\"id\"?, \"text\"} in, {\"id\", \"label\", \"scores\":{label: p}} out."
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
    domain
  }

  @Override
  public Integer call() {
    ModelStore store = new ModelStore(Path.of(System.getProperty("gatun.models", "models")));
    LoadOptions load = options.load();
    try (Inference inference = options.open()) {
      return switch (task) {
        case domain -> {
          try (NativeEncoders encoders = NativeEncoders.open(inference, store, load)) {
            encoders.domainOrigin().warnings().forEach(console::say);
            yield rows.answer(console, row -> domain(encoders, row));
          }
        }
      };
    }
  }

  private static ObjectNode domain(NativeEncoders encoders, Row row) {
    Distribution distribution =
        encoders
            .domain(row.text("text"))
            .fold(
                known -> known,
                reason -> {
                  throw new Row.Bad(reason);
                });
    List<String> labels = distribution.labels();
    int best = 0;
    for (int i = 1; i < labels.size(); i++) {
      if (distribution.probabilities().get(i) > distribution.probabilities().get(best)) {
        best = i;
      }
    }
    ObjectNode answer = row.answer().put("label", labels.get(best));
    ObjectNode scores = answer.putObject("scores");
    for (int i = 0; i < labels.size(); i++) {
      scores.put(labels.get(i), distribution.probabilities().get(i));
    }
    return answer;
  }
}
