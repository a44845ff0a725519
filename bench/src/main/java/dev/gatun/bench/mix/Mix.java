package dev.gatun.bench.mix;

import dev.gatun.bench.measure.Statistics;
import dev.gatun.inference.EncoderModel;
import dev.gatun.inference.Output;
import dev.gatun.inference.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Short requests that arrive at random times, whether earlier ones have been answered or not, and
 * at most one long request under way at any time.
 *
 * @param model that answers all
 * @param shortTokens of one short request
 * @param longTokens of one long request
 */
record Mix(EncoderModel model, int shortTokens, int longTokens) {

  private static final List<Output> LOGITS = List.of(Output.logits());
  private static final int FIRST_ORDINARY_ID = 1000;

  /**
   * What one round saw.
   *
   * @param latenciesMillis of short requests, from the moment each was due
   * @param longsEnded within the round; the last one is cancelled
   */
  record Round(List<Double> latenciesMillis, int longsEnded) {

    double p50() {
      return Statistics.percentile(0.5, latenciesMillis);
    }

    double p99() {
      return Statistics.percentile(0.99, latenciesMillis);
    }
  }

  /** Milliseconds of one short request after another, the median. */
  double serviceMillis(int repetitions) {
    return Statistics.median(
        Stream.generate(() -> timed(request(shortTokens, 0))).limit(repetitions).toList());
  }

  /** Milliseconds of one long request alone. */
  double longMillis() {
    return timed(request(longTokens, 0));
  }

  /**
   * One round.
   *
   * @param perSecond short requests on average
   * @param seconds in which they arrive
   * @param beside whether a long request is always under way
   * @param seed of their times and ids
   */
  Round round(double perSecond, double seconds, boolean beside, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ConcurrentLinkedQueue<Double> latencies = new ConcurrentLinkedQueue<>();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger ended = new AtomicInteger();
    CompletableFuture<?> longs =
        beside ? keepOne(over, ended) : CompletableFuture.completedFuture(null);
    Semaphore answered = new Semaphore(0);
    long start = System.nanoTime();
    double due = 0;
    int sent = 0;
    while ((due -= Math.log(1 - random.nextDouble()) / perSecond) < seconds) {
      long dueNanos = start + (long) (due * 1e9);
      awaitUntil(dueNanos);
      var _ =
          model
              .encode(request(shortTokens, random.nextLong()), LOGITS)
              .whenComplete((_, failure) -> {
                if (failure == null) {
                  latencies.add((System.nanoTime() - dueNanos) / 1e6);
                }
                answered.release();
              });
      sent++;
    }
    answered.acquireUninterruptibly(sent);
    over.set(true);
    longs.cancel(true);
    if (latencies.size() < sent) {
      throw new IllegalStateException((sent - latencies.size()) + " short requests failed");
    }
    return new Round(new ArrayList<>(latencies), ended.get());
  }

  /** Long requests one after another; cancelling the answer ends the one under way. */
  private CompletableFuture<?> keepOne(AtomicBoolean over, AtomicInteger ended) {
    CompletableFuture<Object> whole = new CompletableFuture<>();
    next(over, ended, whole);
    return whole;
  }

  private void next(AtomicBoolean over, AtomicInteger ended, CompletableFuture<Object> whole) {
    var request = model.encode(request(longTokens, 1), LOGITS);
    var stop = whole.whenComplete((_, _) -> request.cancel(true));
    var _ =
        request.whenCompleteAsync((_, failure) -> {
          if (failure == null) {
            ended.incrementAndGet();
          }
          if (!over.get() && !stop.isDone()) {
            next(over, ended, whole);
          }
        });
  }

  private double timed(TokenBatch request) {
    long start = System.nanoTime();
    model.encode(request, LOGITS).join();
    return (System.nanoTime() - start) / 1e6;
  }

  private TokenBatch request(int tokens, long seed) {
    int end = model.info().vocabulary();
    int from = Math.min(FIRST_ORDINARY_ID, end / 2);
    return TokenBatch.of(new SplittableRandom(seed).ints(tokens, from, end).toArray());
  }

  private static void awaitUntil(long nanos) {
    long left = nanos - System.nanoTime();
    while (left > 0) {
      LockSupport.parkNanos(left);
      left = nanos - System.nanoTime();
    }
  }
}
