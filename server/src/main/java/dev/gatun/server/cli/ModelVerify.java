package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.server.inference.ExchangeTest;
import dev.gatun.server.inference.FolderModel;
import dev.gatun.server.inference.GroundingChecker;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.Probed;
import dev.gatun.server.inference.SelfTest;
import dev.gatun.server.models.ModelBuildException;
import dev.gatun.server.models.ModelFiles;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
      "Status 0 when every model is whole and right, 1 otherwise. A name of no model is told as",
      "one that is wrong, and the others are verified. 'difference' is the largest difference",
      "of a probability, or 1 - cosine of an embedding; 'bound' is what the precision explains."
    })
final class ModelVerify implements Callable<Integer> {
  private static final String DIGESTS = "digests.json";

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

  /**
   * What was found out about one model.
   *
   * @param folder empty where there is none
   */
  private record Finding(
      String name,
      Optional<Path> folder,
      OptionalInt files,
      Optional<SelfTest.Outcome> test,
      Optional<String> problem,
      double millis) {
    boolean good() {
      return problem.isEmpty();
    }

    /** How a file that came to nothing is told: it is not there, or it was not its turn. */
    String without(String file) {
      return folder.isPresent() && !Files.exists(folder.get().resolve(file)) ? "no " + file : "-";
    }
  }

  @Override
  public Integer call() {
    List<String> names = models.isEmpty() ? ModelOptions.builtInNames() : models;
    LoadOptions load = options.load();
    boolean good = true;
    try (Inference inference = options.open()) {
      for (String name : names) {
        Finding finding = find(inference, name, load);
        good &= finding.good();
        show(finding);
      }
    }
    return good ? ExitStatus.OK : ExitStatus.FAILED;
  }

  private static Finding find(Inference inference, String name, LoadOptions load) {
    long started = System.nanoTime();
    Optional<Path> folder = Optional.empty();
    OptionalInt files = OptionalInt.empty();
    Optional<SelfTest.Outcome> outcome = Optional.empty();
    Optional<String> problem = Optional.empty();
    try {
      Path at = modelFolder(name);
      folder = Optional.of(at);
      files = ModelStore.verify(at);
      outcome = computed(inference, at, load);
      problem =
          outcome
              .filter(o -> !o.passed())
              .map(o -> "computes something else for \"" + o.text() + "\"");
    } catch (Failure | InferenceException | ModelBuildException e) {
      problem = Optional.of(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      problem = Optional.of("cannot be read: " + e.getMessage());
    }
    double millis = (System.nanoTime() - started) / 1e6;
    return new Finding(name, folder, files, outcome, problem, millis);
  }

  private static Path modelFolder(String name) {
    Path folder = ModelOptions.folder(name);
    if (!ModelFiles.isModel(folder) && Files.notExists(folder.resolve(DIGESTS))) {
      throw new Failure(
          ExitStatus.FAILED,
          folder + " holds no model: config.json, adapter_config.json or card.yaml expected");
    }
    return folder;
  }

  /** What the self-test shows, if the folder has one. */
  private static Optional<SelfTest.Outcome> computed(
      Inference inference, Path folder, LoadOptions load) throws IOException {
    Optional<SelfTest> test = SelfTest.read(folder);
    Optional<Probed> own = Probed.unverified(inference, ModelOptions.store(), folder, load);
    if (own.isPresent()) {
      try (Probed model = own.get()) {
        return test.map(t -> t.run(model));
      }
    }
    if (!ModelFiles.encodes(folder)) {
      return Optional.empty();
    }
    try (FolderModel model = FolderModel.open(inference, ModelOptions.store(), folder, load)) {
      Optional<SelfTest.Outcome> encoder = test.map(t -> t.run(model));
      Optional<SelfTest.Outcome> checked = exchanges(inference, folder, load);
      return Stream.of(encoder, checked).flatMap(Optional::stream).reduce(SelfTest.Outcome::worse);
    }
  }

  /** What the exchanges of the checker of answers show, which its adapter alone does not. */
  private static Optional<SelfTest.Outcome> exchanges(
      Inference inference, Path folder, LoadOptions load) {
    Optional<ExchangeTest> test = ExchangeTest.read(folder);
    if (test.isEmpty()) {
      return Optional.empty();
    }
    try (GroundingChecker checker =
        GroundingChecker.unverified(inference, ModelOptions.store(), folder, load)) {
      return test.map(t -> t.run(checker));
    }
  }

  private void show(Finding finding) {
    if (json) {
      console.json(tree(finding));
      return;
    }
    String files =
        finding.files.isPresent()
            ? finding.files.getAsInt() + " files as made"
            : finding.without(DIGESTS);
    String test =
        finding
            .test
            .map(o ->
                String.format(Locale.ROOT, "difference %.2g, bound %.2g", o.worst(), o.bound()))
            .orElseGet(() -> finding.without(SelfTest.FILE));
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
