package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Plan;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One of the embedded classifiers by itself. Safe for use by many threads. */
public final class TaskClassifier implements AutoCloseable {
  private final TaskTrunk trunk;
  private final TaskHead head;

  private TaskClassifier(TaskTrunk trunk, TaskHead head) {
    this.trunk = trunk;
    this.head = head;
  }

  /**
   * Opens the classifier of a task.
   *
   * @throws dev.gatun.inference.InferenceException when it is missing, changed or unusable
   */
  public static TaskClassifier open(
      Inference inference, ModelStore store, String task, LoadOptions options) {
    try (Trunk trunk = Trunk.open(inference, store, options)) {
      return over(trunk, task);
    }
  }

  /** Opens the classifier of a task over an open trunk, which it holds. */
  static TaskClassifier over(Trunk trunk, String task) {
    TaskTrunk tasks = TaskTrunk.open(trunk, List.of(task));
    return new TaskClassifier(tasks, tasks.head(task));
  }

  List<String> labels() {
    return head.labels();
  }

  ModelInfo info() {
    return trunk.trunk().encoder().info();
  }

  Optional<Plan> plan(String text) {
    return trunk.plan(text, List.of(head.task()));
  }

  /** Where the weights of its trunk came from. */
  public WeightOrigin origin() {
    return trunk.trunk().origin();
  }

  /** Probabilities of all labels. */
  public Answer<Distribution> classify(String text) {
    return trunk
        .classify(text, List.of(head.task()))
        .fold(
            answers -> Answer.of(Objects.requireNonNull(answers.get(head.task()))), Answer::failed);
  }

  /** The likeliest label; what is looked for, or none, only from the threshold of the card on. */
  public String label(Distribution distribution) {
    return head.label(distribution);
  }

  @Override
  public void close() {
    trunk.close();
  }
}
