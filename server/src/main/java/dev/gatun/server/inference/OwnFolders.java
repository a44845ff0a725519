package dev.gatun.server.inference;

import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Labels;
import dev.gatun.router.config.OwnModel;
import dev.gatun.router.port.TextTask;
import dev.gatun.server.models.EmbeddingHead;
import dev.gatun.server.models.KnownModel;
import dev.gatun.server.models.KnownModels;
import dev.gatun.server.models.ModelBuildException;
import dev.gatun.server.models.ModelCard;
import dev.gatun.server.models.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The folders of a model of the user: an encoder, and what answers over it.
 *
 * @param base folder of a whole model
 * @param over folder of an adapter or of a linear head; empty when the model answers by itself
 */
public record OwnFolders(Path base, Optional<Path> over) {
  /** What classifiers are usually tuned on, where nothing says how long texts were. */
  static final int CLASSIFIER_TOKENS = 512;

  private static final String CARD = "card.yaml";

  /**
   * The folders of a model; nothing is loaded.
   *
   * @param store the embedded models, which adapters may be over
   * @throws InferenceException.Refused when one is missing or of another kind than expected
   */
  public static OwnFolders of(OwnModel own, ModelStore store) {
    Optional<Path> model = own.model().map(Path::of);
    Optional<Path> adapter = own.adapter().map(Path::of);
    Stream.concat(model.stream(), adapter.stream())
        .filter(folder -> !Files.isDirectory(folder))
        .findFirst()
        .ifPresent(folder -> {
          throw new InferenceException.Refused(folder, "no such directory");
        });
    if (adapter.isEmpty()) {
      return alone(model.orElseThrow(), store);
    }
    if (!ModelFiles.isAdapter(adapter.get())) {
      throw new InferenceException.Refused(
          adapter.get(), "is no adapter; a whole model is named by model_id");
    }
    model
        .filter(folder -> ModelFiles.isAdapter(folder) || isHead(folder))
        .ifPresent(folder -> {
          throw new InferenceException.Refused(
              folder, "is no whole model, so " + adapter.get() + " cannot be over it");
        });
    return new OwnFolders(model.orElseGet(() -> FolderModel.base(adapter.get(), store)), adapter);
  }

  private static OwnFolders alone(Path folder, ModelStore store) {
    if (isHead(folder)) {
      return new OwnFolders(store.path(Trunk.MODEL), Optional.of(folder));
    }
    return ModelFiles.isAdapter(folder)
        ? new OwnFolders(FolderModel.base(folder, store), Optional.of(folder))
        : new OwnFolders(folder, Optional.empty());
  }

  /** The folder that answers. */
  public Path answering() {
    return over.orElse(base);
  }

  /** Name of the folder that answers. */
  public String name() {
    return String.valueOf(answering().getFileName());
  }

  /**
   * The labels of a classifier, in the words of rules, without loading it.
   *
   * @throws InferenceException.Refused when they cannot be read, or are not those of the task
   */
  public List<String> labels(TextTask task) {
    Labels own = isHead(answering()) ? new Labels(head().labels()) : Labels.read(answering());
    boolean ofBase = own.size() == 0 && over.isPresent();
    return TaskLabels.of(task, ofBase ? Labels.read(base) : own, answering());
  }

  /** Whether it is a linear head over embeddings. */
  boolean isHead() {
    return isHead(answering());
  }

  private static boolean isHead(Path folder) {
    try {
      return EmbeddingHead.isIn(folder);
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /** The linear head. */
  EmbeddingHead head() {
    return head(answering());
  }

  /**
   * The linear head in a folder.
   *
   * @throws InferenceException.Refused when it is damaged, or over another encoder
   */
  static EmbeddingHead head(Path folder) {
    try {
      EmbeddingHead head = EmbeddingHead.read(folder);
      if (!head.base().equals(Trunk.MODEL)) {
        throw new InferenceException.Refused(
            folder, "is a head over " + head.base() + "; this build has " + Trunk.MODEL);
      }
      return head;
    } catch (IOException e) {
      throw unreadable(folder, e);
    } catch (ModelBuildException e) {
      throw new InferenceException.Refused(folder, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The card in a folder.
   *
   * @throws InferenceException.Refused when it is damaged
   */
  public static Optional<ModelCard> card(Path folder) {
    Path card = folder.resolve(CARD);
    try {
      return Files.isRegularFile(card) ? Optional.of(ModelCard.read(card)) : Optional.empty();
    } catch (IOException e) {
      throw unreadable(folder, e);
    } catch (ModelBuildException e) {
      throw new InferenceException.Refused(folder, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The longest text that a model has seen in training, as its card says, or the list of published
   * models.
   *
   * @param usual where neither does
   */
  static int trainedTokens(Path folder, int usual) {
    return card(folder)
        .map(ModelCard::trainedTokens)
        .orElseGet(() ->
            KnownModels.find(String.valueOf(folder.getFileName()))
                .map(KnownModel::trainedTokens)
                .orElse(OptionalInt.empty())
                .orElse(usual));
  }

  private static InferenceException.Refused unreadable(Path folder, IOException e) {
    return new InferenceException.Refused(folder, "cannot be read: " + e.getMessage(), e);
  }
}
