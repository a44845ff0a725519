package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Labels;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Output;
import dev.gatun.inference.TaskFolder;
import dev.gatun.inference.TaskForm;
import dev.gatun.server.models.ModelBuildException;
import dev.gatun.server.models.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a folder holds: a model by itself, or a PEFT LoRA adapter with the model it was trained on.
 * Closes both.
 *
 * @param base the model, with the tokenizer
 * @param adapter over it; empty when the model answers by itself
 */
public record FolderModel(ModelFolder base, Optional<TaskFolder> adapter) implements AutoCloseable {

  /**
   * Opens a folder, and the base of an adapter; see {@link #base(Path, ModelStore)}.
   *
   * @throws InferenceException.Refused when any part is missing, damaged, or contradicts another
   */
  public static FolderModel open(
      Inference inference, ModelStore embedded, Path folder, LoadOptions options) {
    if (!ModelFiles.isAdapter(folder)) {
      return new FolderModel(ModelFolder.open(inference, folder, options), Optional.empty());
    }
    return over(ModelFolder.open(inference, base(folder, embedded), options), folder);
  }

  /** An adapter, or a head, over a model, which is closed with it or when that fails. */
  public static FolderModel over(ModelFolder model, Path adapter) {
    try {
      return new FolderModel(
          model, Optional.of(TaskFolder.open(model, adapter, TaskForm.LOW_RANK)));
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /**
   * The folder of the model that an adapter was trained on: one that has the last part of the name
   * in its configuration, beside the adapter or among the embedded models. Nothing else of that
   * name is followed: who made the adapter wrote it. A folder that is no adapter is its own base.
   *
   * @throws InferenceException.Refused when there is none
   */
  public static Path base(Path folder, ModelStore embedded) {
    if (!ModelFiles.isAdapter(folder)) {
      return folder;
    }
    String name = baseName(folder);
    for (Path place :
        new Path[] {folder.toAbsolutePath().resolveSibling(name), embedded.path(name)}) {
      if (Files.isDirectory(place)) {
        return place;
      }
    }
    throw new InferenceException.Refused(
        folder,
        "is an adapter of "
            + name
            + ", which is neither beside it nor embedded: import that model, or name both: with"
            + " --model and --adapter, in a configuration with model_id and adapter");
  }

  private static String baseName(Path folder) {
    try {
      return ModelFiles.baseOfAdapter(folder);
    } catch (IOException | ModelBuildException e) {
      throw new InferenceException.Refused(folder, String.valueOf(e.getMessage()), e);
    }
  }

  /** Facts about the base under the head that answers. */
  public ModelInfo info() {
    ModelInfo info = base.encoder().info();
    return adapter.map(task -> info.under(task.task().info())).orElse(info);
  }

  /** One label per row of the classifier that answers; none without one. */
  public Labels labels() {
    return adapter.map(TaskFolder::labels).orElse(base.labels());
  }

  /** How the base is asked for a result of what answers. */
  public Output output(Output plain) {
    return adapter.map(task -> plain.of(task.task())).orElse(plain);
  }

  @Override
  public void close() {
    adapter.ifPresent(TaskFolder::close);
    base.close();
  }
}
