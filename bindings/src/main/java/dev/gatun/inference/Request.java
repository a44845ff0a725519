package dev.gatun.inference;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One call of {@link EncoderModel#encode} on its way through the queue.
 *
 * @param limit from its arrival in the queue on
 * @param arrivedNanos on the clock of the queue
 */
record Request(
    LoadedModel model,
    TokenBatch batch,
    List<Output> outputs,
    CompletableFuture<Encoded> future,
    Duration limit,
    long arrivedNanos) {

  /** Whether the limit has passed. */
  boolean late(long nowNanos) {
    return limit.compareTo(Duration.ofNanos(nowNanos - arrivedNanos)) < 0;
  }

  InferenceException tooLate() {
    return new InferenceException.Late(
        "not computed within " + limit + ": the lanes are busy, or the request is long");
  }

  /** Whether two requests can share a native call. */
  boolean joins(Request other) {
    return model == other.model && outputs.equals(other.outputs);
  }

  /** Requests are told apart by identity: two equal ones are still two. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
