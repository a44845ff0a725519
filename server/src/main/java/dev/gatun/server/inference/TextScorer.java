package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.server.models.EmbeddingHead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Scores of a text before softmax, by a model folder of any kind that classifies texts. Safe for
 * use by many threads.
 */
public sealed interface TextScorer extends AutoCloseable permits HeadScorer, FolderScorer {
  /** In the order of the scores. */
  List<String> labels();

  /**
   * One score per label. The calling thread waits.
   *
   * @throws InferenceException when the engine fails
   * @throws dev.gatun.inference.tokenize.TokenizerException when the text cannot be read
   */
  double[] scores(String text);

  /**
   * What is added to the scores, once a temperature has divided them: what the words of the text
   * say besides; zeros where they do not count.
   */
  double[] beside(String text);

  /**
   * Probabilities of the labels out of the scores of a text. The words of the text count as well
   * where the card of the model lets them, as they do for a task.
   *
   * @param temperature divides the scores
   */
  List<Double> probabilities(String text, double[] scores, double temperature);

  @Override
  void close();

  /**
   * Opens a folder: a head that was trained here, or a sequence classifier.
   *
   * @param store the sentence encoders that heads are over
   * @throws InferenceException.Refused when it is neither
   */
  static TextScorer open(Inference inference, ModelStore store, Path folder, LoadOptions options) {
    try {
      return EmbeddingHead.isIn(folder)
          ? HeadScorer.open(inference, store, folder, options)
          : FolderScorer.open(inference, store, folder, options);
    } catch (IOException e) {
      throw new InferenceException.Refused(folder, "cannot be read: " + e.getMessage(), e);
    }
  }
}
