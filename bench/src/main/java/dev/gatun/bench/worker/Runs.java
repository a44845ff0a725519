package dev.gatun.bench.worker;

import dev.gatun.inference.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Timed runs of one request.
 *
 * @param latenciesMillis token ids in memory to outputs in memory, of every timed run
 * @param elapsedMillis of the timed part as a whole; with several callers less than the sum
 * @param last result of the last run
 */
record Runs(List<Double> latenciesMillis, double elapsedMillis, Matrix last) {

  /**
   * Runs a call as often as a job wants.
   *
   * @param call computes one request
   */
  static Runs of(Job job, Supplier<Matrix> call) throws InterruptedException {
    long began = System.nanoTime();
    Stream.generate(call).limit(job.warmup()).forEach(_ -> {});
    long deadline = began + (long) Math.min(job.timeLimitSeconds() * 1e9, Long.MAX_VALUE / 4.0);
    return job.concurrency() == 1
        ? repeated(job.repeat(), deadline, call)
        : concurrent(job, deadline, call);
  }

  private static Runs repeated(int repeat, long deadline, Supplier<Matrix> call) {
    List<Double> latencies = new ArrayList<>();
    Matrix last;
    long began = System.nanoTime();
    long end;
    do {
      long start = System.nanoTime();
      last = call.get();
      end = System.nanoTime();
      latencies.add((end - start) / 1e6);
    } while (latencies.size() < repeat && end - deadline < 0);
    return new Runs(latencies, (end - began) / 1e6, last);
  }

  private static Runs concurrent(Job job, long deadline, Supplier<Matrix> call)
      throws InterruptedException {
    List<FutureTask<Runs>> callers = new ArrayList<>();
    for (int i = 0; i < job.concurrency(); i++) {
      callers.add(new FutureTask<>(() -> repeated(job.repeat(), deadline, call)));
    }
    long began = System.nanoTime();
    for (FutureTask<Runs> caller : callers) {
      Thread.ofPlatform().name("caller-" + callers.indexOf(caller)).daemon().start(caller);
    }
    List<Double> latencies = new ArrayList<>();
    Matrix last = new Matrix(0, 0, new float[0]);
    for (FutureTask<Runs> caller : callers) {
      try {
        Runs runs = caller.get();
        latencies.addAll(runs.latenciesMillis());
        last = runs.last();
      } catch (ExecutionException e) {
        throw new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
      }
    }
    return new Runs(latencies, (System.nanoTime() - began) / 1e6, last);
  }
}
