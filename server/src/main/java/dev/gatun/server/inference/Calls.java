package dev.gatun.server.inference;

import dev.gatun.inference.Encoded;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.EncoderTask;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Matrix;
import dev.gatun.inference.Output;
import dev.gatun.inference.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.ToIntFunction;

/** Native calls for the windows of a text. */
final class Calls {
  /** Tokens of one native call; more windows are sent one call after another. */
  private static final int TOKENS_MAX = 8_192;

  private Calls() {}

  /** The windows in their order, cut into calls. */
  static <W> List<List<W>> of(List<W> windows, ToIntFunction<W> tokens) {
    List<List<W>> calls = new ArrayList<>();
    List<W> call = new ArrayList<>();
    int sum = 0;
    for (W window : windows) {
      int length = tokens.applyAsInt(window);
      if (!call.isEmpty() && sum + length > TOKENS_MAX) {
        calls.add(call);
        call = new ArrayList<>();
        sum = 0;
      }
      call.add(window);
      sum += length;
    }
    calls.add(call);
    return calls;
  }

  /** Logits of a task for a batch; see {@link #encode}. */
  static Matrix logits(EncoderModel encoder, EncoderTask task, TokenBatch batch)
      throws InterruptedException {
    return encode(encoder, batch, List.of(Output.logits().of(task))).results().getFirst();
  }

  /** Results of a batch. The calling thread waits; an interrupt withdraws the request. */
  static Encoded encode(EncoderModel encoder, TokenBatch batch, List<Output> outputs)
      throws InterruptedException {
    CompletableFuture<Encoded> future = encoder.encode(batch, outputs);
    try {
      return future.get();
    } catch (InterruptedException e) {
      future.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InferenceException known) {
        throw known;
      }
      throw new IllegalStateException("inference failed", e);
    }
  }
}
