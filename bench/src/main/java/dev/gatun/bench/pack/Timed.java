package dev.gatun.bench.pack;

import dev.gatun.bench.measure.Statistics;
import dev.gatun.router.port.Answer;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls of one kind, one after the other.
 *
 * @param what was called
 * @param millis of each call
 */
record Timed(String what, List<Double> millis) {
  /** As many as a server has answered after some seconds: fewer time the JVM's compiler as well. */
  private static final int WARMUP = 1000;

  private static final int CALLS = 500;

  Timed {
    millis = List.copyOf(millis);
  }

  /**
   * Calls work until it is warm, and then measures it.
   *
   * @param work throws when it fails
   */
  static Timed of(String what, Runnable work) {
    repeat(work, WARMUP);
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      long start = System.nanoTime();
      work.run();
      millis.add((System.nanoTime() - start) / 1e6);
    }
    return new Timed(what, millis);
  }

  static void repeat(Runnable work, int times) {
    for (int i = 0; i < times; i++) {
      work.run();
    }
  }

  /** Nothing is measured of what fails. */
  static void require(Answer<?> answer) {
    if (answer instanceof Answer.Failed<?>(String reason, _)) {
      throw new IllegalStateException(reason);
    }
  }

  double median() {
    return Statistics.median(millis);
  }

  double tail() {
    return Statistics.percentile(0.99, millis);
  }
}
