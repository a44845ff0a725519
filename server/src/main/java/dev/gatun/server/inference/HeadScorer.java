package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Output;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.router.port.Answer;
import dev.gatun.server.learn.Probability;
import dev.gatun.server.models.EmbeddingHead;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A linear head over the embedded sentence encoder. */
public final class HeadScorer implements TextScorer, Probed {
  private final SentenceEmbedder embedder;
  private final EmbeddingHead head;

  private HeadScorer(SentenceEmbedder embedder, EmbeddingHead head) {
    this.embedder = embedder;
    this.head = head;
  }

  static HeadScorer open(Inference inference, ModelStore store, Path folder, LoadOptions options) {
    HeadScorer scorer = unverified(inference, store, folder, options);
    return options.precision() == Precision.FP32 ? Probed.tested(folder, scorer) : scorer;
  }

  /** The same without its self-test, for who asks what that shows. */
  public static HeadScorer unverified(
      Inference inference, ModelStore store, Path folder, LoadOptions options) {
    EmbeddingHead head = OwnFolders.head(folder);
    SentenceEmbedder embedder = SentenceEmbedder.open(inference, store, options);
    if (embedder.dimension() != head.width()) {
      embedder.close();
      throw new InferenceException.Refused(
          folder, "reads embeddings of " + head.width() + " elements, not " + embedder.dimension());
    }
    return new HeadScorer(embedder, head);
  }

  @Override
  public List<String> labels() {
    return head.labels();
  }

  @Override
  public double[] scores(String text) {
    return head.logits(vector(text));
  }

  /** The same of tokens, which are read in one window. */
  public double[] scores(int[] ids) {
    TokenBatch batch = TokenBatch.of(List.of(ids));
    return head.logits(
        known(
            Reading.answer(() ->
                Calls.encode(embedder.trunk().encoder(), batch, List.of(Output.embedding()))
                    .single()
                    .row(0))));
  }

  /** The tokens of a text. */
  public int[] ids(String text) {
    return known(Reading.answer(() -> embedder.trunk().encode(text).ids()));
  }

  private float[] vector(String text) {
    return known(embedder.embed(text));
  }

  private static <T> T known(Answer<T> answer) {
    return answer.fold(
        known -> known,
        reason -> {
          throw new IllegalArgumentException(reason);
        });
  }

  @Override
  public double[] beside(String text) {
    return new double[labels().size()];
  }

  @Override
  public List<Double> probabilities(String text, double[] scores, double temperature) {
    return Arrays.stream(Probability.softmax(scores, temperature)).boxed().toList();
  }

  /** A self-test of what it scores here and now. */
  public SelfTest selfTest(Path folder) {
    return SelfTest.of(folder, head, this::vector);
  }

  @Override
  public double[] probe(String text) {
    return scores(text);
  }

  @Override
  public Precision precision() {
    return info().precision();
  }

  /** The encoder that its scores go back to. */
  public ModelInfo info() {
    return embedder.trunk().info();
  }

  /** Where the weights of the encoder came from. */
  public WeightOrigin origin() {
    return embedder.origin();
  }

  @Override
  public void close() {
    embedder.close();
  }
}
