package dev.gatun.inference;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One call of {@link EncoderModel#encode} on its way through the queue. */
record Request(
    LoadedModel model, TokenBatch batch, List<Output> outputs, CompletableFuture<Encoded> future) {

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
