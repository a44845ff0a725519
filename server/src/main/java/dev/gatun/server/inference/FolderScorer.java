package dev.gatun.server.inference;

import dev.gatun.inference.Head;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.Output;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TokenBatch;
import dev.gatun.server.learn.Probability;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** A sequence classifier; a text longer than it was trained on is cut there. */
public final class FolderScorer implements TextScorer {
  private final FolderModel model;
  private final int tokensMax;
  private final Optional<WordVote> words;

  private FolderScorer(FolderModel model, int tokensMax, Optional<WordVote> words) {
    this.model = model;
    this.tokensMax = tokensMax;
    this.words = words;
  }

  static FolderScorer open(
      Inference inference, ModelStore store, Path folder, LoadOptions options) {
    int trained = OwnFolders.trainedTokens(folder, OwnFolders.CLASSIFIER_TOKENS);
    FolderModel model = FolderModel.open(inference, store, folder, options);
    try {
      if (model.info().head() != Head.SEQUENCE) {
        throw new InferenceException.Refused(folder, "does not classify texts as a whole");
      }
      // How much rounding changes in bf16 and int8 is known of the embedded models only.
      if (options.precision() == Precision.FP32) {
        SelfTest.read(folder).ifPresent(test -> test.require(model));
      }
      Optional<WordVote> words =
          OwnFolders.card(folder)
              .flatMap(card -> TaskHead.words(folder, model.labels().names(), card));
      return new FolderScorer(model, Math.min(trained, model.info().positionsMax()), words);
    } catch (InferenceException e) {
      model.close();
      throw e;
    }
  }

  @Override
  public List<String> labels() {
    return model.labels().names();
  }

  @Override
  public double[] scores(String text) {
    TokenBatch batch = TokenBatch.of(model.base().tokenizer().encode(text, tokensMax).ids());
    Output output = model.output(Output.logits());
    try {
      Matrix logits = model.base().encoder().encode(batch, List.of(output)).join().single();
      double[] scores = new double[logits.columns()];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = logits.row(0)[i];
      }
      return scores;
    } catch (CompletionException e) {
      throw e.getCause() instanceof InferenceException known ? known : e;
    }
  }

  @Override
  public double[] beside(String text) {
    return words
        .map(vote -> vote.said(WordFeatures.of(text)))
        .orElseGet(() -> new double[labels().size()]);
  }

  @Override
  public List<Double> probabilities(String text, double[] scores, double temperature) {
    List<Double> encoder = Arrays.stream(Probability.softmax(scores, temperature)).boxed().toList();
    return words.map(vote -> vote.mixed(encoder, WordFeatures.of(text))).orElse(encoder);
  }

  @Override
  public void close() {
    model.close();
  }
}
