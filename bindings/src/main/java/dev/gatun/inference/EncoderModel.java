package dev.gatun.inference;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An encoder that turns token ids into hidden states, embeddings or logits. Safe for use by any
 * number of threads, virtual ones included: a caller never runs native code itself.
 */
public interface EncoderModel extends AutoCloseable {

  /** Facts about the model; answers after {@link #close} as well. */
  ModelInfo info();

  /** Where its weights came from; answers after {@link #close} as well. */
  WeightOrigin origin();

  /**
   * Encodes a batch. Requests that wait for the same model are computed together; a long one gives
   * way to short ones every few milliseconds.
   *
   * <p>The future fails with {@link InferenceException.Closed} when the model is closed before the
   * request ran, and with {@link InferenceException.Failed} when the engine failed. Cancelling it
   * withdraws a request that has not started, and stops a long one that has. Actions attached
   * without an executor run on the lane and delay other requests: wait for the future, or attach
   * with {@code …Async}.
   *
   * @param outputs 1 … 64 results to compute
   * @param limit after which the result is of no use: a request that has not started by then does
   *     not start, a long one stops, and its future fails with {@link InferenceException.Late}
   * @throws IllegalArgumentException when the batch or an output does not fit {@link #info}
   * @throws InferenceException.Overloaded when the queue is full
   * @throws InferenceException.TooLarge when the batch is larger than the queue
   * @throws InferenceException.Closed when the model is closed
   */
  CompletableFuture<Encoded> encode(TokenBatch batch, List<Output> outputs, Duration limit);

  /** As {@link #encode(TokenBatch, List, Duration)} without a limit. */
  default CompletableFuture<Encoded> encode(TokenBatch batch, List<Output> outputs) {
    return encode(batch, outputs, ChronoUnit.FOREVER.getDuration());
  }

  /**
   * Opens the folder of a task over this model: a PEFT LoRA adapter ({@code adapter_config.json},
   * {@code adapter_model.safetensors}) or a head by itself ({@code config.json}, {@code
   * head.safetensors}). Runs on the calling thread.
   *
   * @throws InferenceException.Refused when the folder is not usable, or not over this model
   * @throws InferenceException.Closed when the model is closed
   */
  EncoderTask task(Path directory, TaskForm form);

  /**
   * Says how a call with this batch and these outputs would be computed.
   *
   * @throws IllegalArgumentException as {@link #encode} does
   * @throws InferenceException.Closed when the model or a task is closed
   */
  Plan plan(TokenBatch batch, List<Output> outputs);

  /**
   * Releases the model and its tasks. Waits for a call that is running; requests still queued fail
   * with {@link InferenceException.Closed}. A second call does nothing.
   */
  @Override
  void close();
}
