package dev.gatun.bench.soak;

import dev.gatun.inference.Encoded;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.EncoderTask;
import dev.gatun.inference.Head;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Output;
import dev.gatun.inference.Pooling;
import dev.gatun.inference.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

/** One caller: random requests one after the other, each answer looked at. */
final class Caller {
  private static final int SEQUENCES_MAX = 8;
  private static final int OUTPUTS_MAX = 6;
  private static final double CANCELLED_SHARE = 0.1;

  private final RandomGenerator random;
  private final Pool pool;
  private final Counts counts;
  private final int tokensMax;

  /**
   * A caller.
   *
   * @param tokensMax of one request
   */
  Caller(RandomGenerator random, Pool pool, Counts counts, int tokensMax) {
    this.random = random;
    this.pool = pool;
    this.counts = counts;
    this.tokensMax = tokensMax;
  }

  /** One request. */
  void step() {
    Pool.Opened opened = pool.any(random);
    EncoderModel model = opened.model();
    TokenBatch batch = batch(model.info());
    List<Output> outputs = outputs(model.info(), opened.tasks());
    try {
      CompletableFuture<Encoded> future = model.encode(batch, outputs);
      if (random.nextDouble() < CANCELLED_SHARE) {
        future.cancel(true);
      }
      check(model.info(), batch, outputs, future.join());
      counts.answered(batch);
    } catch (CancellationException e) {
      counts.cancelled();
    } catch (InferenceException.Closed | InferenceException.Overloaded e) {
      counts.refused();
    } catch (CompletionException e) {
      if (e.getCause() instanceof InferenceException.Closed) {
        counts.refused();
      } else {
        counts.failed(String.valueOf(e.getCause()));
      }
    }
  }

  /** Lengths spread evenly over their orders of magnitude: most are short, some are long. */
  private TokenBatch batch(ModelInfo info) {
    List<int[]> sequences = new ArrayList<>();
    int left = tokensMax;
    int count = 1 + random.nextInt(SEQUENCES_MAX);
    while (sequences.size() < count && left > 0) {
      int longest = Math.min(left, info.positionsMax());
      int length = (int) Math.clamp(Math.exp(random.nextDouble() * Math.log(longest)), 1, longest);
      sequences.add(random.ints(length, 0, info.vocabulary()).toArray());
      left -= length;
    }
    return TokenBatch.of(sequences);
  }

  private List<Output> outputs(ModelInfo info, List<EncoderTask> tasks) {
    List<Output> outputs = new ArrayList<>();
    int count = 1 + random.nextInt(OUTPUTS_MAX);
    for (int i = 0; i < count; i++) {
      int kind = random.nextInt(4);
      if (kind == 3 && !tasks.isEmpty()) {
        outputs.add(Output.logits().of(tasks.get(random.nextInt(tasks.size()))));
      } else if (kind == 0 && info.head() != Head.NONE) {
        outputs.add(Output.logits());
      } else if (kind == 1 && info.pooling() != Pooling.NONE) {
        outputs.add(Output.embedding());
      } else {
        outputs.add(Output.hidden(random.nextInt(info.layers() + 1)));
      }
    }
    return outputs;
  }

  private void check(ModelInfo info, TokenBatch batch, List<Output> outputs, Encoded encoded) {
    for (int i = 0; i < outputs.size(); i++) {
      Matrix matrix = encoded.results().get(i);
      int rows = outputs.get(i).rows(info, batch);
      if (matrix.rows() != rows || matrix.columns() != outputs.get(i).columns(info)) {
        counts.failed(matrix + " for " + outputs.get(i) + " of " + batch);
      }
      for (float value : matrix.values()) {
        if (!Float.isFinite(value)) {
          counts.failed(value + " in " + outputs.get(i) + " of " + batch);
          break;
        }
      }
    }
  }
}
