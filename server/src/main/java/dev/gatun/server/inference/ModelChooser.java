package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Precision;
import dev.gatun.router.port.Answer;
import dev.gatun.server.models.ModelBuildException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * How likely each of some language models answers a question right. Safe for use by many threads.
 */
public final class ModelChooser implements Probed {
  /** Name of what was learned of the models. */
  public static final String MODEL = "gatun-selection";

  private final SentenceEmbedder embedder;
  private final SuccessHead head;

  private ModelChooser(SentenceEmbedder embedder, SuccessHead head) {
    this.embedder = embedder;
    this.head = head;
  }

  /**
   * Opens the sentence encoder and what was learned of the models.
   *
   * @throws InferenceException when a file is missing, changed or unusable, or a self-test fails
   */
  public static ModelChooser open(Inference inference, ModelStore store, LoadOptions options) {
    Path folder = store.checked(MODEL);
    return Probed.tested(folder, unverified(inference, store, folder, options));
  }

  static ModelChooser unverified(
      Inference inference, ModelStore store, Path folder, LoadOptions options) {
    SentenceEmbedder embedder = SentenceEmbedder.open(inference, store, options);
    try {
      return new ModelChooser(embedder, SuccessHead.read(folder, embedder.dimension()));
    } catch (IOException | ModelBuildException e) {
      embedder.close();
      throw new InferenceException.Refused(folder, "cannot be read; run ./gatun build", e);
    }
  }

  /** The models, in the order of the chances. */
  public List<String> models() {
    return head.models();
  }

  /** What embeds the questions. */
  public SentenceEmbedder embedder() {
    return embedder;
  }

  /**
   * The chance of every model to answer right. The calling thread waits; an interrupt withdraws the
   * request.
   *
   * @param category one of the domains that {@code gatun-domain} tells apart; empty when unknown
   */
  public Answer<double[]> chances(String text, Optional<String> category) {
    return embedder
        .embed(text)
        .fold(
            vector -> Answer.of(head.chances(vector, category, QuestionLooks.of(text))),
            reason -> Answer.failed(reason));
  }

  /** Chances without a category, then those of the first one. */
  @Override
  public double[] probe(String text) {
    Optional<String> first = Optional.of(head.categories().getFirst());
    return DoubleStream.concat(
            Arrays.stream(Reading.known(chances(text, Optional.empty()))),
            Arrays.stream(Reading.known(chances(text, first))))
        .toArray();
  }

  @Override
  public Precision precision() {
    return embedder.trunk().info().precision();
  }

  @Override
  public void close() {
    embedder.close();
  }
}
