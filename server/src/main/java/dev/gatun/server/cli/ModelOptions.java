package dev.gatun.server.cli;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Precision;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.inference.CacheLocation;
import dev.gatun.server.inference.FolderModel;
import dev.gatun.server.inference.HeadScorer;
import dev.gatun.server.inference.ModelStore;
import dev.gatun.server.inference.SelfTest;
import dev.gatun.server.models.EmbeddingHead;
import dev.gatun.server.models.KnownModels;
import dev.gatun.server.models.ModelFiles;
import dev.gatun.server.models.ModelsLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Which model to load and what computes it: options that several commands share. */
final class ModelOptions {
  private static final int QUEUE_TOKENS_MAX = 1 << 20;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that share one call (default: all processors).")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "cpu",
      description = "What computes: cpu.")
  private String backend = "cpu";

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "fp32",
      description = "Arithmetic: fp32, bf16 or int8 (default: ${DEFAULT-VALUE}).")
  private String precision = "fp32";

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = {
        "Where packed weights are kept, or 'off' (default: GATUN_CACHE, or gatun in the cache",
        "directory of this user)."
      })
  private Optional<String> cache = Optional.empty();

  /** Opens inference as the options say. */
  Inference open() {
    if (!backend.equals("cpu")) {
      throw notHere("backend " + backend, "cpu");
    }
    InferenceOptions defaults = InferenceOptions.defaults();
    return Inference.open(
        defaults
            .withThreads(1, threads.map(ModelOptions::checked).orElse(defaults.threadsPerLane()))
            .withTokens(defaults.tokensPerBatchMax(), QUEUE_TOKENS_MAX));
  }

  /** How the options say to load; wrong words are usage errors. */
  LoadOptions load() {
    Precision chosen =
        Precision.of(precision)
            .orElseThrow(() ->
                new Failure(
                    ExitStatus.USAGE,
                    "--precision " + precision + ": fp32, bf16 or int8 expected"));
    return new LoadOptions(chosen, 0, CacheLocation.of(cache));
  }

  /** Opens a folder, shows a long load to who watches, and tells what was wrong with the cache. */
  FolderModel open(Console console, Inference inference, Path folder) {
    LoadOptions options = load();
    try (LoadingLine _ = new LoadingLine(console, options.watch())) {
      FolderModel opened = FolderModel.open(inference, store(), folder, options);
      opened.base().encoder().origin().warnings().forEach(console::say);
      sayDrift(console, folder, test -> test.drift(opened));
      return opened;
    }
  }

  /** The same of a linear head, over the encoder that comes with Gatun. */
  HeadScorer openHead(Console console, Inference inference, Path folder) {
    LoadOptions options = load();
    try (LoadingLine _ = new LoadingLine(console, options.watch())) {
      HeadScorer opened = HeadScorer.unverified(inference, store(), folder, options);
      opened.origin().warnings().forEach(console::say);
      sayDrift(console, folder, test -> test.drift(opened));
      return opened;
    }
  }

  /** Who looks into a model may look into one that has drifted too, but is told. */
  private static void sayDrift(
      Console console, Path folder, Function<SelfTest, Optional<String>> drifts) {
    try {
      SelfTest.read(folder).flatMap(drifts).ifPresent(drift -> console.say(folder + ": " + drift));
    } catch (InferenceException e) {
      console.say(String.valueOf(e.getMessage()));
    }
  }

  /** Whether a folder holds a linear head, as {@code model train} writes it. */
  static boolean isHead(Path folder) {
    try {
      return EmbeddingHead.isIn(folder);
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Where a model of a name is, if it comes with Gatun or was imported. */
  static Optional<Path> place(String name) {
    return name.matches("[^/.][^/]*")
        ? places().stream().map(at -> at.resolve(name)).filter(Files::isDirectory).findFirst()
        : Optional.empty();
  }

  /**
   * The folder of a model: a path, or the name of a model that comes with Gatun or was imported.
   */
  static Path folder(String folderOrName) {
    Path path = Path.of(folderOrName);
    if (!folderOrName.isEmpty() && Files.isDirectory(path)) {
      return path;
    }
    return place(folderOrName).orElseThrow(() -> nowhere(folderOrName));
  }

  private static Failure nowhere(String folderOrName) {
    String known =
        KnownModels.find(folderOrName)
            .map(_ -> "; it is known: gatun model import " + folderOrName)
            .orElse("");
    return new Failure(
        ExitStatus.FAILED,
        folderOrName
            + " is neither a folder nor a model that comes with Gatun ("
            + String.join(", ", builtInNames())
            + ")"
            + (importedNames().isEmpty()
                ? ""
                : " nor an imported one (" + String.join(", ", importedNames()) + ")")
            + known);
  }

  /** The directories that models are found in by name, in this order. */
  private static List<Path> places() {
    return Stream.concat(Stream.of(builtIns()), imported().stream()).toList();
  }

  /** Names of the models that come with Gatun, sorted. */
  static List<String> builtInNames() {
    return names(builtIns());
  }

  /** The name of a model that comes with Gatun, by its folder; empty for any other. */
  static Optional<String> builtInName(Path folder) {
    try {
      Path real = folder.toRealPath();
      Path directory = builtIns();
      return Files.isDirectory(directory) && directory.toRealPath().equals(real.getParent())
          ? Optional.of(String.valueOf(real.getFileName()))
          : Optional.empty();
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Names of the models that were imported, sorted. */
  static List<String> importedNames() {
    return imported().map(ModelOptions::names).orElse(List.of());
  }

  private static List<String> names(Path directory) {
    try {
      return ModelFiles.names(directory);
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, directory + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Where imported models are kept; empty for a user without a home. */
  private static Optional<Path> imported() {
    return ModelsLocation.of(Optional.empty(), ConfigFile::environment);
  }

  /** The models that come with Gatun. */
  static ModelStore store() {
    return new ModelStore(builtIns());
  }

  static Path builtIns() {
    return ModelsLocation.builtIns();
  }

  private static int checked(int threads) {
    if (threads < 1 || threads > 256) {
      throw new Failure(ExitStatus.USAGE, "--threads " + threads + ": 1 to 256 expected");
    }
    return threads;
  }

  private static Failure notHere(String what, String offered) {
    return new Failure(ExitStatus.FAILED, what + " is not in this build; it offers " + offered);
  }
}
