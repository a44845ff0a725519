package dev.gatun.bench.soak;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.TokenBatch;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** What has happened so far. Safe for all threads. */
final class Counts {
  /** Distinct errors kept; the rest is counted. */
  private static final int ERRORS_KEPT = 20;

  private final LongAdder answered = new LongAdder();
  private final LongAdder tokens = new LongAdder();
  private final LongAdder cancelled = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder opened = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Set<String> errors = new LinkedHashSet<>();

  void answered(TokenBatch batch) {
    answered.increment();
    tokens.add(batch.tokens());
  }

  void cancelled() {
    cancelled.increment();
  }

  /** A model that was closed meanwhile, or a full queue: part of the game. */
  void refused() {
    refused.increment();
  }

  void opened() {
    opened.increment();
  }

  synchronized void failed(String what) {
    failed.increment();
    if (errors.size() < ERRORS_KEPT) {
      errors.add(what);
    }
  }

  long answers() {
    return answered.sum();
  }

  long failures() {
    return failed.sum();
  }

  synchronized void write(ObjectNode node) {
    node.put("requests", answered.sum()).put("tokens", tokens.sum());
    node.put("cancelled", cancelled.sum()).put("refused", refused.sum());
    node.put("opened", opened.sum()).put("failed", failed.sum());
    errors.forEach(node.putArray("errors")::add);
  }

  @Override
  public String toString() {
    return answered.sum()
        + " requests, "
        + tokens.sum()
        + " tokens, "
        + cancelled.sum()
        + " cancelled, "
        + refused.sum()
        + " refused, "
        + opened.sum()
        + " models opened, "
        + failed.sum()
        + " failed";
  }
}
