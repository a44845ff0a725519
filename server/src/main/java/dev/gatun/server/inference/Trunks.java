package dev.gatun.server.inference;

import dev.gatun.inference.Head;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Labels;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TaskFolder;
import dev.gatun.inference.TaskForm;
import dev.gatun.router.config.OwnModel;
import dev.gatun.router.port.TextTask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Opens the embedded encoder and those of the user, every folder once, however many tasks are over
 * it. Holds what it opened until it is closed. Opens for one thread at a time.
 */
public final class Trunks implements AutoCloseable {
  private final Inference inference;
  private final ModelStore store;
  private final LoadOptions options;
  private final Map<Path, Trunk> open = new LinkedHashMap<>();

  /**
   * Of one engine.
   *
   * @param store the embedded models
   */
  public Trunks(Inference inference, ModelStore store, LoadOptions options) {
    this.inference = inference;
    this.store = store;
    this.options = options;
  }

  /**
   * A classifier of the user, opened.
   *
   * @param trunk that it is over, held here
   */
  record OwnHead(Trunk trunk, TaskHead head) {}

  /** A classifier of tokens over a trunk, opened. */
  record OwnTokens(Trunk trunk, Scoring scoring, Labels labels, Path folder) {}

  /**
   * The embedded one.
   *
   * @throws InferenceException when it is missing, changed or unusable
   */
  public Trunk embedded() {
    return at(store.path(Trunk.MODEL));
  }

  /**
   * That of a folder.
   *
   * @throws InferenceException when it is missing, changed or unusable
   */
  Trunk at(Path folder) {
    Path real = real(folder);
    Trunk known = open.get(real);
    if (known != null) {
      return known;
    }
    Trunk opened =
        real.equals(real(store.path(Trunk.MODEL)))
            ? Trunk.open(inference, store, options)
            : Trunk.of(store, folder, own(folder));
    open.put(real, opened);
    return opened;
  }

  private ModelFolder own(Path folder) {
    ModelFolder opened = ModelFolder.open(inference, folder, options);
    try {
      ModelStore.verify(folder, opened.encoder().origin().digests());
      test(folder, new FolderModel(opened, Optional.empty()));
      return opened;
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /** How much rounding changes in bf16 and int8 is known of the embedded models only. */
  private void test(Path folder, FolderModel model) {
    if (options.precision() == Precision.FP32) {
      SelfTest.read(folder).ifPresent(test -> test.require(model));
    }
  }

  /** Links followed, so that one model is not loaded by two names. */
  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      return folder.toAbsolutePath().normalize();
    }
  }

  /**
   * Opens a classifier of texts.
   *
   * @throws InferenceException when it is missing, changed, unusable, or for another task
   */
  OwnHead classifier(OwnModel own, TextTask task) {
    OwnFolders folders = OwnFolders.of(own, store);
    Path answering = folders.answering();
    if (folders.isHead()) {
      Trunk trunk = embedded();
      Scoring.Linear linear = new Scoring.Linear(folders.head());
      if (linear.head().width() != trunk.info().embeddingSize()) {
        throw new InferenceException.Refused(
            answering, "reads embeddings of " + linear.head().width() + " elements");
      }
      Labels labels = new Labels(linear.head().labels());
      return new OwnHead(trunk, head(trunk, linear, labels, answering, task));
    }
    Trunk trunk = at(folders.base());
    Scoring scoring = scoring(trunk, folders, Head.SEQUENCE);
    try {
      return new OwnHead(trunk, head(trunk, scoring, labels(trunk, scoring), answering, task));
    } catch (RuntimeException | Error e) {
      scoring.close();
      throw e;
    }
  }

  private static TaskHead head(
      Trunk trunk, Scoring scoring, Labels labels, Path answering, TextTask task) {
    return TaskHead.own(task, scoring, labels, answering, trunk.info().positionsMax());
  }

  /**
   * Opens a classifier of tokens.
   *
   * @throws InferenceException when it is missing, changed or unusable
   */
  OwnTokens tokens(OwnModel own) {
    OwnFolders folders = OwnFolders.of(own, store);
    if (folders.isHead()) {
      throw new InferenceException.Refused(folders.answering(), "does not classify tokens");
    }
    Trunk trunk = at(folders.base());
    Scoring scoring = scoring(trunk, folders, Head.TOKEN);
    return new OwnTokens(trunk, scoring, labels(trunk, scoring), folders.answering());
  }

  private static Labels labels(Trunk trunk, Scoring scoring) {
    return scoring instanceof Scoring.Adapter(TaskFolder folder)
        ? folder.labels()
        : trunk.folder().labels();
  }

  /** What answers over a trunk, when it has the head that is wanted. */
  private Scoring scoring(Trunk trunk, OwnFolders folders, Head wanted) {
    Optional<TaskFolder> task =
        folders.over().map(path -> TaskFolder.open(trunk.folder(), path, TaskForm.LOW_RANK));
    try {
      FolderModel model = new FolderModel(trunk.folder(), task);
      if (model.info().head() != wanted) {
        throw new InferenceException.Refused(
            folders.answering(),
            switch (wanted) {
              case SEQUENCE -> "does not classify texts as a whole";
              case TOKEN -> "does not classify tokens";
              case NONE -> "has a head";
            });
      }
      folders.over().ifPresent(path -> test(path, model));
    } catch (RuntimeException | Error e) {
      task.ifPresent(TaskFolder::close);
      throw e;
    }
    return task.<Scoring>map(Scoring.Adapter::new).orElseGet(Scoring.Whole::new);
  }

  /**
   * Opens a sentence encoder.
   *
   * @throws InferenceException when it is missing, changed, unusable, or of another architecture
   *     than its key is for
   */
  public SentenceEmbedder embedder(OwnModel own) {
    OwnFolders folders = OwnFolders.of(own, store);
    if (folders.over().isPresent()) {
      throw new InferenceException.Refused(folders.answering(), "is no sentence encoder");
    }
    Trunk trunk = at(folders.base());
    own.architecture()
        .filter(word -> !family(trunk).equals(word))
        .ifPresent(word -> {
          throw new InferenceException.Refused(
              folders.base(), "is of the family " + family(trunk) + ", not " + word);
        });
    return SentenceEmbedder.own(trunk, own.layer());
  }

  private static String family(Trunk trunk) {
    return trunk.info().family().name().toLowerCase(Locale.ROOT);
  }

  /** Facts about those that are open. */
  public List<ModelInfo> infos() {
    return open.values().stream().map(Trunk::info).toList();
  }

  /** What was wrong with the cache of their weights. */
  public List<String> warnings() {
    return open.values().stream().flatMap(trunk -> trunk.origin().warnings().stream()).toList();
  }

  @Override
  public void close() {
    open.values().forEach(Trunk::close);
    open.clear();
  }
}
