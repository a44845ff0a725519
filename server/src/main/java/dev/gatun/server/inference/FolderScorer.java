package dev.gatun.server.inference;

import dev.gatun.inference.Head;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.Output;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TokenBatch;
import dev.gatun.server.models.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** A sequence classifier; a text longer than it was trained on is cut there. */
public final class FolderScorer implements TextScorer {
  /** Where no card says how long texts were in training: what classifiers are usually tuned on. */
  private static final int TOKENS_USUAL = 512;

  private final ModelFolder model;
  private final int tokensMax;

  private FolderScorer(ModelFolder model, int tokensMax) {
    this.model = model;
    this.tokensMax = tokensMax;
  }

  static FolderScorer open(Inference inference, Path folder, LoadOptions options)
      throws IOException {
    Path card = folder.resolve("card.yaml");
    int trained = Files.isRegularFile(card) ? ModelCard.read(card).trainedTokens() : TOKENS_USUAL;
    ModelFolder model = ModelFolder.open(inference, folder, options);
    try {
      if (model.encoder().info().head() != Head.SEQUENCE) {
        throw new InferenceException.Refused(folder, "does not classify texts as a whole");
      }
      // How much rounding changes in bf16 and int8 is known of the embedded models only.
      if (options.precision() == Precision.FP32) {
        SelfTest.read(folder).ifPresent(test -> test.require(model, Optional.empty()));
      }
      return new FolderScorer(model, Math.min(trained, model.encoder().info().positionsMax()));
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
    TokenBatch batch = TokenBatch.of(model.tokenizer().encode(text, tokensMax).ids());
    try {
      Matrix logits = model.encoder().encode(batch, List.of(Output.logits())).join().single();
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
  public void close() {
    model.close();
  }
}
