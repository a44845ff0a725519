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
import dev.gatun.server.models.ModelCard;
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
  private final Optional<Sharpness> sharpness;

  private FolderScorer(FolderModel model, int tokensMax, Path folder) {
    this.model = model;
    this.tokensMax = tokensMax;
    List<String> labels = model.labels().names();
    Optional<ModelCard> card = OwnFolders.card(folder);
    this.words = card.flatMap(each -> TaskHead.words(folder, labels, each));
    this.sharpness = card.flatMap(each -> Sharpness.of(each, labels.size() - 1));
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
      return new FolderScorer(model, Math.min(trained, model.info().positionsMax()), folder);
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
    double[] encoder = Probability.softmax(scores, temperature);
    double[] mixed = words.map(vote -> vote.mixed(encoder, WordFeatures.of(text))).orElse(encoder);
    List<Double> both = Arrays.stream(mixed).boxed().toList();
    return sharpness.map(each -> each.of(both)).orElse(both);
  }

  @Override
  public void close() {
    model.close();
  }
}
