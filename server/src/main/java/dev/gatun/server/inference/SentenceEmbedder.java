package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.Output;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.router.port.Answer;
import dev.gatun.server.models.ModelCard;
import java.util.List;

/**
 * Vectors of unit length for whole texts, so that a dot product is their cosine. A text longer than
 * the trained length is read in overlapping windows, whose vectors are averaged by tokens. Owns the
 * model folder. Safe for use by many threads.
 */
public final class SentenceEmbedder implements AutoCloseable {
  /** Name of the embedded sentence encoder. */
  public static final String MODEL = "all-MiniLM-L6-v2";

  private static final int WINDOWS_MAX = 128;
  private static final int WINDOWS_OF_A_CALL = 32;

  private final ModelFolder folder;
  private final TokenizerThreads tokenizer;
  private final int windowTokens;

  private SentenceEmbedder(ModelFolder folder, int windowTokens) {
    this.folder = folder;
    this.tokenizer = new TokenizerThreads(folder.tokenizer());
    this.windowTokens = windowTokens;
  }

  /**
   * Opens the embedded sentence encoder.
   *
   * @throws InferenceException when it is missing, changed or unusable
   */
  public static SentenceEmbedder open(Inference inference, ModelStore store, LoadOptions options) {
    ModelCard card = store.card(MODEL);
    return new SentenceEmbedder(store.open(inference, MODEL, options), card.trainedTokens());
  }

  /** Components of a vector. */
  public int dimension() {
    return folder.encoder().info().hiddenSize();
  }

  /** Where its weights came from. */
  public WeightOrigin origin() {
    return folder.encoder().origin();
  }

  /** The cosine of two vectors of unit length. */
  public static double cosine(float[] left, float[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += left[i] * (double) right[i];
    }
    return sum;
  }

  /** The vector of a text. The calling thread waits; an interrupt withdraws the request. */
  public Answer<float[]> embed(String text) {
    return Reading.answer(() -> {
      List<int[]> windows = Windows.of(tokenizer.encode(text), windowTokens);
      return average(Windows.spread(windows, WINDOWS_MAX));
    });
  }

  private float[] average(List<int[]> windows) throws InterruptedException {
    double[] sum = new double[dimension()];
    for (int from = 0; from < windows.size(); from += WINDOWS_OF_A_CALL) {
      List<int[]> call = windows.subList(from, Math.min(windows.size(), from + WINDOWS_OF_A_CALL));
      Matrix vectors =
          Calls.encode(folder.encoder(), TokenBatch.of(call), List.of(Output.embedding()))
              .results()
              .getFirst();
      for (int row = 0; row < call.size(); row++) {
        for (int i = 0; i < sum.length; i++) {
          sum[i] += vectors.values()[row * sum.length + i] * (double) call.get(row).length;
        }
      }
    }
    return ofUnitLength(sum);
  }

  private static float[] ofUnitLength(double[] vector) {
    double squares = 0;
    for (double component : vector) {
      squares += component * component;
    }
    double length = Math.max(1e-12, Math.sqrt(squares));
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }

  @Override
  public void close() {
    tokenizer.close();
    folder.close();
  }
}
