package dev.gatun.inference;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  /** Rows that layers run over, at most: each task that adapts some has rows of its own. */
  int rows() {
    long own =
        outputs.stream()
            .map(Output::ofAll)
            .filter(Output.OfTask.class::isInstance)
            .map(output -> ((Output.OfTask) output).task())
            .filter(task -> task.info().firstLayer() < model.info().layers())
            .distinct()
            .count();
    return (int) Math.min(Integer.MAX_VALUE, batch.tokens() * Math.max(1, own));
  }

  /** Whether the limit has passed. */
  boolean late(long nowNanos) {
    return limit.compareTo(Duration.ofNanos(nowNanos - arrivedNanos)) < 0;
  }

  InferenceException tooLate() {
    return new InferenceException.Late(
        "not computed within " + limit + ": the lanes are busy, or the request is long");
  }

  /**
   * Whether this can be computed in one native call with others of the same model.
   *
   * @param kinds results of that call so far, each for all sequences; grows when this joins
   */
  boolean joins(Set<Output> kinds) {
    Set<Output> all = new HashSet<>(kinds);
    outputs.forEach(output -> all.add(output.ofAll()));
    if (all.size() > ModelInfo.OUTPUTS_MAX) {
      return false;
    }
    kinds.addAll(all);
    return true;
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
