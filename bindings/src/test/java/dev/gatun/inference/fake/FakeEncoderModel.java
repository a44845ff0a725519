package dev.gatun.inference.fake;

import dev.gatun.inference.Encoded;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.EncoderTask;
import dev.gatun.inference.Family;
import dev.gatun.inference.Head;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Output;
import dev.gatun.inference.Plan;
import dev.gatun.inference.Pooling;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TaskForm;
import dev.gatun.inference.TaskInfo;
import dev.gatun.inference.TokenBatch;
import dev.gatun.inference.WeightOrigin;
import java.nio.file.Path;
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

  /** A task with the model's own head, whatever the folder. */
  @Override
  public EncoderTask task(Path directory, TaskForm form) {
    TaskInfo facts =
        new TaskInfo(
            directory.toString(),
            info.head(),
            info.pooling(),
            info.normalized(),
            info.labels(),
            info.layers(),
            0,
            0,
            0,
            0);
    return new FakeTask(facts);
  }

  @Override
  public Plan plan(TokenBatch batch, List<Output> outputs) {
    info.requireFits(batch, outputs);
    return new Plan("trunk", 0, 0, info.layers(), List.of(), List.of());
  }

  @Override
  public void close() {
    closed = true;
  }

  private record FakeTask(TaskInfo info) implements EncoderTask {
    @Override
    public void close() {}
  }

  private Matrix compute(Output output, TokenBatch batch) {
    int columns = output.columns(info);
    int rows = output.rows(info, batch);
    float[] values = new float[rows * columns];
    int at = 0;
    for (int i = 0; i < batch.sequences(); i++) {
      if (output instanceof Output.Some(_, var sequences) && !sequences.contains(i)) {
        continue;
      }
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
      case Output.OfTask(_, var result) -> compute(result, ids);
      case Output.Some(var result, _) -> compute(result, ids);
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
