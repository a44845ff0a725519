package dev.gatun.router.port;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What the core asks the encoder models. Implementations are safe for use by many threads, answer
 * the same text with the same values, and never throw.
 */
public interface Encoders {
  /** Labels of a task's classifier in the order of its answers; empty when none is there. */
  List<String> labels(TextTask task);

  /**
   * How likely the labels of each task are, read over the whole text. One computation serves all
   * tasks.
   *
   * @param tasks not empty
   * @return a distribution for every task asked
   */
  Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks);

  /** The answer to one task alone. */
  default Answer<Distribution> classify(String text, TextTask task) {
    return classify(text, Set.of(task)).map(answers -> Objects.requireNonNull(answers.get(task)));
  }

  /** How answers about a text are computed; empty where no model computes anything. */
  default List<EncoderPlan> plans(String text, Set<TextTask> tasks) {
    return List.of();
  }

  /**
   * The same for one tenant. Answers may be kept for later questions about the same text, but never
   * so that one tenant could learn what another has asked.
   */
  default Encoders forTenant(String tenant) {
    return this;
  }

  /** No model at all: every question is answered with a failure. */
  static Encoders none() {
    return new Encoders() {
      @Override
      public List<String> labels(TextTask task) {
        return List.of();
      }

      @Override
      public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
        String words = String.join(", ", tasks.stream().map(TextTask::word).sorted().toList());
        return Answer.failed("no classifier is loaded for " + words);
      }
    };
  }
}
