package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.InferenceOptions;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Precision;
import dev.gatun.inference.WeightCache;
import dev.gatun.router.text.Nearest;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.digest.Sha256;
import dev.gatun.server.hub.Hub;
import dev.gatun.server.hub.HubEndpoint;
import dev.gatun.server.hub.HubException;
import dev.gatun.server.hub.RepositoryId;
import dev.gatun.server.inference.FolderModel;
import dev.gatun.server.inference.HeadScorer;
import dev.gatun.server.inference.SelfTest;
import dev.gatun.server.models.KnownModel;
import dev.gatun.server.models.KnownModels;
import dev.gatun.server.models.ModelBuildException;
import dev.gatun.server.models.ModelFiles;
import dev.gatun.server.models.ModelImportFolder;
import dev.gatun.server.models.ModelsLocation;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatun model import}: makes a model from elsewhere known by a name. */
@Command(
    name = "import",
    description = "Copy or fetch a model, check it, and give it a name for --model.",
    footer = {
      "",
      "Only the files that the engine reads are taken. A fetch that was interrupted goes on where",
      "it stopped when the same command runs again; the name appears when everything is whole.",
      "HF_ENDPOINT names another hub than https://huggingface.co; HF_TOKEN opens repositories that",
      "are not public and is shown to that hub alone."
    })
final class ModelImport implements Runnable {
  /** Kept free beside the model, so that an import does not fill a disk to the brim. */
  private static final long SPARE_BYTES = 64L << 20;

  private final Console console;
  private final Function<String, Optional<String>> environment;

  @Parameters(
      paramLabel = "SOURCE",
      description = {
        "A model folder; an ONNX file of a BERT encoder with its tokenizer.json beside it; a",
        "Hugging Face repository, OWNER/NAME; or a known name (gatun model list)."
      })
  private String source = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What to call it (default: as its source).")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = {
        "Where imported models are kept (default: GATUN_MODELS, or gatun/models in the data",
        "directory of this user)."
      })
  private Optional<Path> models = Optional.empty();

  @Option(
      names = "--revision",
      paramLabel = "REV",
      description = "Branch, tag or commit of a repository (default: main).")
  private Optional<String> revision = Optional.empty();

  @Option(names = "--yes", description = "Ask nothing; replace a model of this name.")
  private boolean yes;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  ModelImport(Console console) {
    this(console, ConfigFile::environment);
  }

  /** With another environment than that of this process. */
  ModelImport(Console console, Function<String, Optional<String>> environment) {
    this.console = console;
    this.environment = environment;
  }

  @Override
  public void run() {
    try {
      importFrom(found());
    } catch (HubException | ModelBuildException e) {
      throw new Failure(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, source + " cannot be imported: " + e, e);
    }
  }

  private ImportSource found() throws IOException {
    Path path = Path.of(source);
    boolean here = !source.isEmpty() && Files.exists(path);
    if (here && revision.isPresent()) {
      throw new Failure(
          ExitStatus.USAGE, "--revision is for a repository; " + source + " is on this machine");
    }
    if (here && Files.isDirectory(path)) {
      return ImportSource.Folder.of(path);
    }
    if (here && source.toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      return ImportSource.Onnx.of(path);
    }
    String repository = here ? "" : known().map(this::repository).orElse(source);
    if (!RepositoryId.looksLike(repository)) {
      throw new Failure(
          ExitStatus.FAILED,
          source
              + " is neither a folder, nor an ONNX file, nor a repository id OWNER/NAME, nor a"
              + " known name"
              + Nearest.name(source, KnownModels.names())
                  .map(name -> "; did you mean " + name + "?")
                  .orElse(""));
    }
    HubEndpoint endpoint = HubEndpoint.of(environment);
    return ImportSource.Repository.of(
        new Hub(endpoint), endpoint.base().toString(), RepositoryId.of(repository, asked()));
  }

  /** The source, when it is a known name and nothing on this machine. */
  private Optional<KnownModel> known() {
    return Files.exists(Path.of(source)) ? Optional.empty() : KnownModels.find(source);
  }

  private String repository(KnownModel model) {
    return model
        .repository()
        .orElseThrow(() ->
            new Failure(
                ExitStatus.FAILED,
                "no repository of "
                    + model.name()
                    + " is known; name one: gatun model import OWNER/NAME --name "
                    + model.name()));
  }

  /** The branch, tag or commit to take of a repository. */
  private String asked() {
    return revision.or(() -> known().flatMap(KnownModel::revision)).orElse("main");
  }

  private void importFrom(ImportSource from) throws IOException {
    String called = name.or(() -> known().map(KnownModel::name)).orElseGet(from::usualName);
    ModelImportFolder.requireName(called);
    Optional<KnownModel> known = known().or(() -> KnownModels.find(called));
    known.ifPresent(this::tell);
    Path directory =
        ModelsLocation.of(models, environment)
            .orElseThrow(() ->
                new Failure(
                    ExitStatus.FAILED, "no place for models: name one with --models or HOME"));
    if (isThere(from, directory.resolve(called), called)) {
      return;
    }
    long total = show(from, directory.resolve(called));
    try (ModelImportFolder folder = ModelImportFolder.open(directory, called, from.origin())) {
      folder.retain(from.items().stream().map(ImportSource.Item::name).toList());
      requireSpace(folder.files(), total);
      try (TransferLine progress = new TransferLine(console, total)) {
        from.fill(folder.files(), progress).ifPresent(console::say);
      }
      ObjectNode facts = check(from, folder, known);
      var sources = new TreeMap<>(from.origin());
      revision().ifPresent(asked -> sources.put("revision", asked));
      sources.put("imported", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
      report(called, folder.publish(sources), sources, total, facts);
    }
  }

  private Optional<String> revision() {
    boolean isRepository = RepositoryId.looksLike(source) || known().isPresent();
    return isRepository && Files.notExists(Path.of(source))
        ? Optional.of(asked())
        : Optional.empty();
  }

  /** Says what is not known of a model before anything is taken. */
  private void tell(KnownModel model) {
    if (model.revision().isEmpty() || model.digests().isEmpty()) {
      console.say(
          "neither commit nor digests of "
              + model.name()
              + " are known: what its source has now is taken and recorded");
    }
    model.limits().forEach(limit -> console.say(model.name() + ": " + limit));
  }

  /** Whether there is nothing to do; refuses a name that something else has. */
  private boolean isThere(ImportSource from, Path target, String called) throws IOException {
    if (ModelOptions.builtInNames().contains(called)) {
      throw new Failure(
          ExitStatus.FAILED, called + " comes with Gatun; choose another name with --name");
    }
    if (Files.notExists(target) || yes) {
      return false;
    }
    Map<String, String> there = ModelImportFolder.sources(target);
    if (from instanceof ImportSource.Repository
        && there.entrySet().containsAll(from.origin().entrySet())) {
      console.say(called + " is there already, from the same commit");
      report(called, target, there, 0, Json.object());
      return true;
    }
    throw new Failure(
        ExitStatus.FAILED,
        target + " exists; choose another name with --name, or replace it with --yes");
  }

  /** Says what will come, asks when somebody can answer; returns the bytes. */
  private long show(ImportSource from, Path target) {
    List<ImportSource.Item> items = from.items();
    long total = items.stream().mapToLong(ImportSource.Item::bytes).sum();
    console.say(from.where() + " to " + target);
    for (ImportSource.Item item : items) {
      console.say(
          String.format(
              Locale.ROOT, "  %10s  %s", TransferLine.megabytes(item.bytes()), item.name()));
    }
    console.say(
        String.format(
            Locale.ROOT, "  %10s  in %d files", TransferLine.megabytes(total), items.size()));
    Optional<java.io.Console> keyboard =
        Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal);
    if (!yes && console.terminal() && keyboard.isPresent()) {
      String answer = keyboard.orElseThrow().readLine("Import it? [y/N] ");
      if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
        throw new Failure(ExitStatus.FAILED, "nothing was imported");
      }
    }
    return total;
  }

  private static void requireSpace(Path folder, long total) throws IOException {
    long here = ModelImportFolder.bytes(folder);
    long free = Files.getFileStore(folder).getUsableSpace();
    long wanted = Math.max(0, total - here) + SPARE_BYTES;
    if (free < wanted) {
      throw new Failure(
          ExitStatus.FAILED,
          folder
              + ": the disk has "
              + TransferLine.megabytes(free)
              + " free, "
              + TransferLine.megabytes(wanted)
              + " are needed; free some, or choose another place with --models");
    }
  }

  /** Opens what was brought, with every check of the engine; tells what it is. */
  private static ObjectNode check(
      ImportSource from, ModelImportFolder folder, Optional<KnownModel> known) throws IOException {
    List<String> names = from.items().stream().map(ImportSource.Item::name).toList();
    try {
      if (known.isPresent()) {
        requireDigests(known.get(), folder.files());
      }
      if (ModelFiles.isAdapter(names)) {
        ModelFiles.checkAdapter(folder.files());
        return Json.object().put("family", "adapter");
      }
      if (ModelFiles.isHead(names)) {
        return head(folder.files());
      }
      return opened(folder.files(), known);
    } catch (InferenceException.Refused | ModelBuildException e) {
      String reason = String.valueOf(e.getMessage()).replace(folder.files() + "", from.where());
      folder.discard();
      throw new Failure(ExitStatus.FAILED, reason + "; nothing was imported", e);
    }
  }

  private static void requireDigests(KnownModel known, Path folder) throws IOException {
    for (Map.Entry<String, String> file : known.digests().entrySet()) {
      Path path = folder.resolve(file.getKey());
      if (Files.notExists(path) || !Sha256.of(path).equals(file.getValue())) {
        throw new ModelBuildException(
            path.toString(),
            "is not the file of " + known.name() + " that is known",
            "import it under another name with --name");
      }
    }
  }

  private static void requireSame(KnownModel known, Path folder, ModelInfo info) {
    List<String> differences = known.differences(info);
    if (!differences.isEmpty()) {
      throw new ModelBuildException(
          folder.toString(),
          "is not " + known.name() + ": " + String.join(", ", differences),
          "import it under another name with --name");
    }
  }

  /** A head over the embedded encoder, opened as {@code classify} does. */
  private static ObjectNode head(Path folder) throws IOException {
    LoadOptions options = new LoadOptions(Precision.FP32, 0, WeightCache.off());
    try (Inference inference = Inference.open(InferenceOptions.defaults());
        HeadScorer head = HeadScorer.unverified(inference, ModelOptions.store(), folder, options)) {
      head.selfTest(folder).write();
      return Json.object()
          .put("family", head.info().family().name().toLowerCase(Locale.ROOT))
          .put("head", "sequence")
          .put("labels", head.labels().size());
    }
  }

  /** Whose numbers are kept, so that a later drift shows. */
  private static ObjectNode opened(Path folder, Optional<KnownModel> known) throws IOException {
    LoadOptions options = new LoadOptions(Precision.FP32, 0, WeightCache.off());
    try (Inference inference = Inference.open(InferenceOptions.defaults());
        FolderModel model =
            new FolderModel(ModelFolder.open(inference, folder, options), Optional.empty())) {
      known.ifPresent(expected -> requireSame(expected, folder, model.info()));
      if (SelfTest.read(folder).isEmpty()) {
        Optional<SelfTest> test = SelfTest.of(folder, model);
        if (test.isPresent()) {
          test.get().write();
        }
      }
      ModelInfo info = model.info();
      return Json.object()
          .put("family", info.family().name().toLowerCase(Locale.ROOT))
          .put("head", info.head().name().toLowerCase(Locale.ROOT))
          .put("parameters", info.parameters())
          .put("labels", info.labels());
    }
  }

  private void report(
      String called, Path target, Map<String, String> sources, long bytes, ObjectNode facts) {
    ObjectNode made =
        Json.object().put("name", called).put("path", target.toString()).put("bytes", bytes);
    sources.forEach(made::put);
    made.setAll(facts);
    if (json) {
      console.json(made);
    } else {
      console.line(target.toString());
      console.say("use it with --" + (isAdapter(facts) ? "adapter " + target : "model " + called));
    }
  }

  private static boolean isAdapter(ObjectNode facts) {
    return facts.path("family").asText().equals("adapter");
  }
}
