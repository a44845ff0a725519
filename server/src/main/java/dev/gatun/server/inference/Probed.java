package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Precision;
import dev.gatun.server.models.EmbeddingHead;
import dev.gatun.server.models.ModelCard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model whose own arithmetic is done here, after an encoder or without one: a {@link SelfTest}
 * compares what it computes of a text.
 */
public sealed interface Probed extends AutoCloseable
    permits HeadScorer, DetectedLanguages, ModelChooser, ToolMatcher {
  /**
   * What a self-test keeps of a text.
   *
   * @throws InferenceException when the engine fails
   */
  double[] probe(String text);

  /** Of the encoder that the numbers go back to; exact without one. */
  Precision precision();

  @Override
  default void close() {}

  /**
   * Opens the model of a folder without its self-test, for who asks what that shows; empty for one
   * of another kind.
   *
   * @throws InferenceException when it cannot be read
   */
  static Optional<Probed> unverified(
      Inference inference, ModelStore store, Path folder, LoadOptions options) throws IOException {
    if (EmbeddingHead.isIn(folder)) {
      return Optional.of(HeadScorer.unverified(inference, store, folder, options));
    }
    return switch (OwnFolders.card(folder).map(ModelCard::name).orElse("")) {
      case DetectedLanguages.MODEL -> Optional.of(DetectedLanguages.unverified(folder));
      case ModelChooser.MODEL ->
          Optional.of(ModelChooser.unverified(inference, store, folder, options));
      case ToolMatcher.MODEL ->
          Optional.of(ToolMatcher.unverified(inference, store, folder, options));
      default -> Optional.empty();
    };
  }

  /**
   * A model once the self-test of its folder has passed; closed when it has not.
   *
   * @throws InferenceException when it computes something else than is stored
   */
  static <P extends Probed> P tested(Path folder, P opened) {
    try {
      SelfTest.read(folder).ifPresent(test -> test.require(opened));
      return opened;
    } catch (InferenceException e) {
      opened.close();
      throw e;
    }
  }
}
