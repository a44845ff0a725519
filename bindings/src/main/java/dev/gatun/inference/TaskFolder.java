package dev.gatun.inference;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The folder of a task as a whole: adapter or head, and labels, checked against each other. Owns
 * the task, not its model.
 */
public final class TaskFolder implements AutoCloseable {

  private final EncoderTask task;
  private final Labels labels;

  private TaskFolder(EncoderTask task, Labels labels) {
    this.task = task;
    this.labels = labels;
  }

  /**
   * Opens a folder over a model; see {@link EncoderModel#task}. Labels come from label files beside
   * the adapter, or else from the model when it has as many.
   *
   * @throws InferenceException.Refused when any part is missing, damaged, or contradicts another
   */
  public static TaskFolder open(ModelFolder model, Path directory, TaskForm form) {
    if (!Files.isDirectory(directory)) {
      throw new InferenceException.Refused(directory, "no such directory");
    }
    EncoderTask task = model.encoder().task(directory, form);
    try {
      return new TaskFolder(task, labels(task.info(), model.labels(), directory));
    } catch (RuntimeException | Error e) {
      task.close();
      throw e;
    }
  }

  /** The task. */
  public EncoderTask task() {
    return task;
  }

  /** One label per row of the classifier; none for a task without one. */
  public Labels labels() {
    return labels;
  }

  /** Closes the task. A second call does nothing. */
  @Override
  public void close() {
    task.close();
  }

  private static Labels labels(TaskInfo info, Labels ofModel, Path directory) {
    if (info.head() == Head.NONE) {
      return Labels.none();
    }
    Labels own = Labels.read(directory);
    Labels labels = own.size() == 0 ? ofModel : own;
    if (labels.size() != info.labels()) {
      throw new InferenceException.Refused(
          directory,
          String.format(
              Locale.ROOT,
              "%s %d labels %s, the classifier has %d rows: add a label file",
              own.size() == 0 ? "no label file, and the model has" : "its label files name",
              labels.size(),
              labels.names(),
              info.labels()));
    }
    return labels;
  }
}
