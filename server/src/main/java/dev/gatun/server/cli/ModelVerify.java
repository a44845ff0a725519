package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.server.inference.FolderModel;
import dev.gatun.server.inference.HeadScorer;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.SelfTest;
import dev.gatun.server.models.EmbeddingHead;
import dev.gatun.server.models.ModelBuildException;
import dev.gatun.server.models.ModelFiles;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun model verify}: are the files those that were made, and the numbers right. */
@Command(
    name = "verify",
    description = {
      "Compare the files of models with their digests, and what this machine computes with what",
      "is stored in probe.json."
    },
    footer = {
      "",
      "Status 0 when every model is whole and right, 1 otherwise. 'difference' is the largest one",
      "of a probability, or 1 - cosine of an embedding; 'bound' is what the precision explains."
    })
final class ModelVerify implements Callable<Integer> {
  private final Console console;

  @Mixin private ModelOptions options = new ModelOptions();

  @Parameters(
      paramLabel = "DIR_OR_NAME",
      arity = "0..*",
      description = "Models to verify (default: all that come with Gatun).")
  private List<String> models = List.of();

  @Option(names = "--json", description = "One JSON object per line.")
  private boolean json;

  ModelVerify(Console console) {
    this.console = console;
  }

  /** What was found out about one model. */
  private record Finding(
      String name,
      OptionalInt files,
      Optional<SelfTest.Outcome> test,
      Optional<String> problem,
      double millis) {
    boolean good() {
      return problem.isEmpty();
    }
  }

  @Override
  public Integer call() {
    List<String> names = models.isEmpty() ? ModelOptions.builtInNames() : models;
    List<Path> folders = names.stream().map(ModelOptions::folder).toList();
    boolean good = true;
    try (Inference inference = options.open()) {
      for (int i = 0; i < names.size(); i++) {
        Finding finding = find(inference, names.get(i), folders.get(i));
        good &= finding.good();
        show(finding);
      }
    }
    return good ? ExitStatus.OK : ExitStatus.FAILED;
  }

  private Finding find(Inference inference, String name, Path folder) {
    long started = System.nanoTime();
    OptionalInt files = OptionalInt.empty();
    Optional<SelfTest.Outcome> outcome = Optional.empty();
    Optional<String> problem = Optional.empty();
    try {
      files = ModelStore.verify(folder);
      outcome = computed(inference, folder);
      problem =
          outcome
              .filter(o -> !o.passed())
              .map(o -> "computes something else for \"" + o.text() + "\"");
    } catch (InferenceException | ModelBuildException e) {
      problem = Optional.of(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      problem = Optional.of("cannot be read: " + e.getMessage());
    }
    return new Finding(name, files, outcome, problem, (System.nanoTime() - started) / 1e6);
  }

  /** What the self-test shows; what is no encoder is arithmetic of ours and has none. */
  private Optional<SelfTest.Outcome> computed(Inference inference, Path folder) throws IOException {
    if (EmbeddingHead.isIn(folder)) {
      return computedByHead(inference, folder);
    }
    if (!ModelFiles.encodes(folder)) {
      return Optional.empty();
    }
    Optional<SelfTest> test = SelfTest.read(folder);
    try (FolderModel model =
        FolderModel.open(inference, ModelOptions.store(), folder, options.load())) {
      return test.map(t -> t.run(model));
    }
  }

  private Optional<SelfTest.Outcome> computedByHead(Inference inference, Path folder) {
    Optional<SelfTest> test = SelfTest.read(folder);
    try (HeadScorer head =
        HeadScorer.unverified(inference, ModelOptions.store(), folder, options.load())) {
      return test.map(t -> t.run(head));
    }
  }

  private void show(Finding finding) {
    if (json) {
      console.json(tree(finding));
      return;
    }
    String files =
        finding.files.isPresent() ? finding.files.getAsInt() + " files as made" : "no digests.json";
    String test =
        finding
            .test
            .map(o ->
                String.format(Locale.ROOT, "difference %.2g, bound %.2g", o.worst(), o.bound()))
            .orElse("no probe.json");
    String verdict = finding.problem.map(problem -> "WRONG: " + problem).orElse("ok");
    console.line(
        String.format(Locale.ROOT, "%-24s %-18s %-32s %s", finding.name, files, test, verdict));
  }

  private static ObjectNode tree(Finding finding) {
    ObjectNode tree = Json.object().put("name", finding.name).put("ok", finding.good());
    finding.files.ifPresent(count -> tree.put("files", count));
    finding.test.ifPresent(
        o -> tree.put("difference", o.worst()).put("bound", o.bound()).put("text", o.text()));
    finding.problem.ifPresent(problem -> tree.put("problem", problem));
    return tree.put("ms", Math.round(finding.millis * 10) / 10.0);
  }
}
