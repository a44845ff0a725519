package dev.gatun.inference.fake;

import dev.gatun.inference.Encoded;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Family;
import dev.gatun.inference.Head;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Output;
import dev.gatun.inference.Pooling;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.WeightOrigin;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * An encoder without weights, for tests of what lies above one. Keeps the contract of {@link
 * EncoderModel}, and the same ids always give the same values.
 */
public final class FakeEncoderModel implements EncoderModel {

  private final ModelInfo info;
  private final Function<int[], float[]> logits;
  private volatile boolean closed;

  private FakeEncoderModel(ModelInfo info, Function<int[], float[]> logits) {
    this.info = info;
    this.logits = logits;
  }

  /** A trunk whose embeddings are normalised means of one random vector per id. */
  public static FakeEncoderModel embedder(int hiddenSize) {
    return new FakeEncoderModel(info(Head.NONE, hiddenSize, 0), _ -> new float[0]);
  }

  /**
   * A sequence classifier.
   *
   * @param logits from the ids of a sequence to one value per label; called on any thread
   */
  public static FakeEncoderModel classifier(int labels, Function<int[], float[]> logits) {
    return new FakeEncoderModel(info(Head.SEQUENCE, 8, labels), logits);
  }

  /**
   * A token classifier.
   *
   * @param logits from the ids of a sequence to one row of label values per token, row-major
   */
  public static FakeEncoderModel tagger(int labels, Function<int[], float[]> logits) {
    return new FakeEncoderModel(info(Head.TOKEN, 8, labels), logits);
  }

  @Override
  public ModelInfo info() {
    return info;
  }

  @Override
  public WeightOrigin origin() {
    return WeightOrigin.off();
  }

  @Override
  public CompletableFuture<Encoded> encode(TokenBatch batch, List<Output> outputs, Duration limit) {
    info.requireFits(batch, outputs);
    if (closed) {
      throw new InferenceException.Closed("this fake is closed");
    }
    return CompletableFuture.completedFuture(
        new Encoded(outputs.stream().map(output -> compute(output, batch)).toList()));
  }

  @Override
  public void close() {
    closed = true;
  }

  private Matrix compute(Output output, TokenBatch batch) {
    int columns = output.columns(info);
    int rows = output.perToken(info) ? batch.tokens() : batch.sequences();
    float[] values = new float[rows * columns];
    int at = 0;
    for (int i = 0; i < batch.sequences(); i++) {
      int[] ids = Arrays.copyOfRange(batch.ids(), batch.offsets()[i], batch.offsets()[i + 1]);
      float[] part = compute(output, ids);
      System.arraycopy(part, 0, values, at, part.length);
      at += part.length;
    }
    return new Matrix(rows, columns, values);
  }

  private float[] compute(Output output, int[] ids) {
    return switch (output) {
      case Output.Hidden(var layer) -> hidden(ids, layer.orElse(info.layers()));
      case Output.Embedding _ -> embedding(ids);
      case Output.Logits() -> logits.apply(ids);
    };
  }

  private float[] hidden(int[] ids, int layer) {
    float[] rows = new float[ids.length * info.hiddenSize()];
    for (int i = 0; i < ids.length; i++) {
      SplittableRandom random = new SplittableRandom(31L * ids[i] + layer);
      for (int j = 0; j < info.hiddenSize(); j++) {
        rows[i * info.hiddenSize() + j] = (float) random.nextDouble(-1, 1);
      }
    }
    return rows;
  }

  private float[] embedding(int[] ids) {
    float[] rows = hidden(ids, info.layers());
    float[] sum = new float[info.hiddenSize()];
    double square = 0;
    for (int j = 0; j < sum.length; j++) {
      for (int i = 0; i < ids.length; i++) {
        sum[j] += rows[i * sum.length + j];
      }
      square += sum[j] * sum[j];
    }
    for (int j = 0; j < sum.length; j++) {
      sum[j] /= (float) Math.sqrt(square);
    }
    return sum;
  }

  private static ModelInfo info(Head head, int hiddenSize, int labels) {
    return new ModelInfo(
        Family.BERT,
        head,
        Pooling.MEAN,
        true,
        hiddenSize,
        2,
        1,
        1 << 20,
        4096,
        2,
        labels,
        0,
        Precision.FP32,
        0,
        0);
  }
}
