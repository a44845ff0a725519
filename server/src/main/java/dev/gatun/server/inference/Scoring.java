package dev.gatun.server.inference;

import dev.gatun.inference.Matrix;
import dev.gatun.inference.Output;
import dev.gatun.inference.TaskFolder;
import dev.gatun.server.learn.Probability;
import dev.gatun.server.models.EmbeddingHead;

/** What scores the labels of a window over a trunk. Owns what it names. */
sealed interface Scoring extends AutoCloseable {
  /** An adapter, or a head, over the trunk. */
  record Adapter(TaskFolder folder) implements Scoring {}

  /** The head that the trunk itself has. */
  record Whole() implements Scoring {}

  /** A linear head over the trunk's embedding. */
  record Linear(EmbeddingHead head) implements Scoring {}

  /** What the encoder is asked, for all sequences of a batch. */
  default Output output() {
    return switch (this) {
      case Adapter(TaskFolder folder) -> Output.logits().of(folder.task());
      case Whole() -> Output.logits();
      case Linear _ -> Output.embedding();
    };
  }

  /**
   * Probabilities of the labels.
   *
   * @param results of the output
   * @param temperature divides scores before the softmax
   */
  default double[] probabilities(Matrix results, int row, double temperature) {
    return switch (this) {
      case Adapter _, Whole() -> Softmax.of(results, row, temperature);
      case Linear(EmbeddingHead head) ->
          Probability.softmax(head.logits(results.row(row)), temperature);
    };
  }

  @Override
  default void close() {
    if (this instanceof Adapter(TaskFolder folder)) {
      folder.close();
    }
  }
}
