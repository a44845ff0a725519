package dev.gatun.server.inference;

import dev.gatun.inference.Head;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Output;
import dev.gatun.inference.Plan;
import dev.gatun.inference.Pooling;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.inference.tokenize.Tokens;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Vectors of unit length for whole texts, so that a dot product is their cosine. A text longer than
 * the trained length is read in overlapping windows, whose vectors are averaged by tokens. Holds
 * the trunk. Safe for use by many threads.
 */
public final class SentenceEmbedder implements AutoCloseable {
  private static final int WINDOWS_MAX = 128;
  private static final int WINDOWS_OF_A_CALL = 32;

  /**
   * Longest window of an encoder of the user that says nothing else: as much as the smaller of the
   * published ones read at all. Attention over longer ones costs more than it tells.
   */
  private static final int OWN_WINDOW = 2_048;

  private final Trunk trunk;
  private final int windowTokens;
  private final Output output;

  private SentenceEmbedder(Trunk trunk, int windowTokens, Output output) {
    this.windowTokens = windowTokens;
    this.output = output;
    this.trunk = trunk.held();
  }

  /** Over the open embedded trunk. */
  public SentenceEmbedder(Trunk trunk) {
    this(trunk, trunk.card().trainedTokens(), Output.embedding());
  }

  /**
   * Over a trunk of the user.
   *
   * @param layer after which vectors are taken; empty after the last one
   * @throws InferenceException.Refused when it makes no vectors, or has no such layer
   */
  static SentenceEmbedder own(Trunk trunk, OptionalInt layer) {
    ModelInfo info = trunk.info();
    if (info.pooling() == Pooling.NONE || info.head() != Head.NONE) {
      throw new InferenceException.Refused(trunk.path(), "is no sentence encoder");
    }
    if (layer.orElse(1) > info.layers()) {
      throw new InferenceException.Refused(
          trunk.path(), "has " + info.layers() + " layers, target_layer is " + layer.getAsInt());
    }
    boolean whole = layer.isEmpty() || layer.getAsInt() == info.layers();
    int trained = OwnFolders.trainedTokens(trunk.path(), OWN_WINDOW);
    return new SentenceEmbedder(
        trunk,
        Math.min(Math.min(trained, OWN_WINDOW), info.positionsMax()),
        whole ? Output.embedding() : Output.embedding(layer.getAsInt()));
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

  /** What computes the vectors. */
  public Trunk trunk() {
    return trunk;
  }

  /** How the vector of a text is computed; empty when it cannot be read. */
  public Optional<EncoderPlan> plan(String text) {
    return Reading.answer(
            () -> {
              TokenBatch batch = TokenBatch.of(Windows.of(trunk.encode(text), windowTokens));
              return trunk.encoder().plan(batch, List.of(output));
            })
        .<Optional<Plan>>fold(Optional::of, _ -> Optional.empty())
        .map(plan -> EncoderPlans.of(trunk.name(), List.of(Family.EMBEDDING.type()), plan));
  }

  /** Components of a vector. */
  public int dimension() {
    return trunk.info().embeddingSize();
  }

  /** Where its weights came from. */
  public WeightOrigin origin() {
    return trunk.origin();
  }

  /** The cosine of two vectors of unit length, which rounding does not carry over 1. */
  public static double cosine(float[] left, float[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += left[i] * (double) right[i];
    }
    return Math.clamp(sum, -1, 1);
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
        Calls.encode(trunk.encoder(), TokenBatch.of(windows), List.of(output)).results().getFirst();
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
          Calls.encode(trunk.encoder(), TokenBatch.of(call), List.of(output)).results().getFirst();
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
