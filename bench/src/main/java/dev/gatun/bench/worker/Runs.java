package dev.gatun.bench.worker;

import dev.gatun.inference.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Timed runs of one request.
 *
 * @param latenciesMillis token ids in memory to outputs in memory, of every timed run
 * @param elapsedMillis of the timed part as a whole; with several callers less than the sum
 * @param last result of the last run, with several callers of the first of them
 */
record Runs(List<Double> latenciesMillis, double elapsedMillis, Matrix last) {

  /**
   * Runs a call as often as a job wants.
   *
   * @param call computes one request of the caller with that number, from 0 on
   */
  static Runs of(Job job, IntFunction<Matrix> call) throws InterruptedException {
    long began = System.nanoTime();
    IntStream.generate(() -> 0).limit(job.warmup()).mapToObj(call).forEach(_ -> {});
    long deadline = began + (long) Math.min(job.timeLimitSeconds() * 1e9, Long.MAX_VALUE / 4.0);
    return job.concurrency() == 1
        ? repeated(job.repeat(), deadline, 0, call)
        : concurrent(job, deadline, call);
  }

  private static Runs repeated(int repeat, long deadline, int caller, IntFunction<Matrix> call) {
    List<Double> latencies = new ArrayList<>();
    Matrix last;
    long began = System.nanoTime();
    long end;
    do {
      long start = System.nanoTime();
      last = call.apply(caller);
      end = System.nanoTime();
      latencies.add((end - start) / 1e6);
    } while (latencies.size() < repeat && end - deadline < 0);
    return new Runs(latencies, (end - began) / 1e6, last);
  }

  private static Runs concurrent(Job job, long deadline, IntFunction<Matrix> call)
      throws InterruptedException {
    List<FutureTask<Runs>> callers = new ArrayList<>();
    for (int i = 0; i < job.concurrency(); i++) {
      int caller = i;
      callers.add(new FutureTask<>(() -> repeated(job.repeat(), deadline, caller, call)));
    }
    long began = System.nanoTime();
    for (FutureTask<Runs> caller : callers) {
      Thread.ofPlatform().name("caller-" + callers.indexOf(caller)).daemon().start(caller);
    }
    List<Runs> all = new ArrayList<>();
    for (FutureTask<Runs> caller : callers) {
      try {
        all.add(caller.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
      }
    }
    double elapsed = (System.nanoTime() - began) / 1e6;
    List<Double> latencies = all.stream().flatMap(r -> r.latenciesMillis().stream()).toList();
    return new Runs(latencies, elapsed, all.getFirst().last());
  }
}
