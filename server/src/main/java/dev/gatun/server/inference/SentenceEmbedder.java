package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.Output;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.inference.tokenize.Tokens;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import java.util.ArrayList;
import java.util.List;

/**
 * Vectors of unit length for whole texts, so that a dot product is their cosine. A text longer than
 * the trained length is read in overlapping windows, whose vectors are averaged by tokens. Holds
 * the trunk. Safe for use by many threads.
 */
public final class SentenceEmbedder implements AutoCloseable {
  private static final int WINDOWS_MAX = 128;
  private static final int WINDOWS_OF_A_CALL = 32;

  private final Trunk trunk;
  private final int windowTokens;

  /** Over an open trunk. */
  public SentenceEmbedder(Trunk trunk) {
    this.windowTokens = trunk.card().trainedTokens();
    this.trunk = trunk.held();
  }

  /**
   * Opens the embedded sentence encoder.
   *
   * @throws InferenceException when it is missing, changed or unusable
   */
  public static SentenceEmbedder open(Inference inference, ModelStore store, LoadOptions options) {
    try (Trunk trunk = Trunk.open(inference, store, options)) {
      return new SentenceEmbedder(trunk);
    }
  }

  /** Components of a vector. */
  public int dimension() {
    return trunk.encoder().info().hiddenSize();
  }

  /** Where its weights came from. */
  public WeightOrigin origin() {
    return trunk.origin();
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
      List<int[]> windows = Windows.of(trunk.encode(text), windowTokens);
      return average(Windows.spread(windows, WINDOWS_MAX));
    });
  }

  /**
   * The vectors of texts in their order, all of them in as few native calls as possible. The
   * calling thread waits; an interrupt withdraws the request.
   */
  public Answer<List<Embedding>> embed(List<String> texts) {
    return Reading.answer(() -> {
      List<TextSum> sums = new ArrayList<>();
      List<Part> parts = new ArrayList<>();
      for (String text : texts) {
        Tokens tokens = trunk.encode(text);
        TextSum sum = new TextSum(new double[dimension()], tokens.total());
        sums.add(sum);
        Windows.spread(Windows.of(tokens, windowTokens), WINDOWS_MAX)
            .forEach(window -> parts.add(new Part(sum, window)));
      }
      for (List<Part> call : Calls.of(parts, part -> part.window.length)) {
        add(call);
      }
      return sums.stream().map(TextSum::embedding).toList();
    });
  }

  private void add(List<Part> call) throws InterruptedException {
    if (call.isEmpty()) {
      return;
    }
    List<int[]> windows = call.stream().map(Part::window).toList();
    Matrix vectors =
        Calls.encode(trunk.encoder(), TokenBatch.of(windows), List.of(Output.embedding()))
            .results()
            .getFirst();
    for (int row = 0; row < call.size(); row++) {
      call.get(row).sum.add(vectors, row, windows.get(row).length);
    }
  }

  /** A window of a text. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, not changed afterwards
  private record Part(TextSum sum, int[] window) {}

  /** What the windows of a text add up to. */
  private static final class TextSum {
    private final double[] sum;
    private final int present;
    private long read;

    TextSum(double[] sum, int present) {
      this.sum = sum;
      this.present = present;
    }

    void add(Matrix vectors, int row, int tokens) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += vectors.values()[row * sum.length + i] * (double) tokens;
      }
      read += tokens;
    }

    Embedding embedding() {
      Coverage coverage = new Coverage((int) Math.min(read, present), present);
      return Embedding.of(ofUnitLength(sum), coverage);
    }
  }

  private float[] average(List<int[]> windows) throws InterruptedException {
    double[] sum = new double[dimension()];
    for (int from = 0; from < windows.size(); from += WINDOWS_OF_A_CALL) {
      List<int[]> call = windows.subList(from, Math.min(windows.size(), from + WINDOWS_OF_A_CALL));
      Matrix vectors =
          Calls.encode(trunk.encoder(), TokenBatch.of(call), List.of(Output.embedding()))
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
    trunk.close();
  }
}
