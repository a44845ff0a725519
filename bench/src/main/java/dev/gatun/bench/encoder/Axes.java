package dev.gatun.bench.encoder;

import java.util.List;

/** The values that vary between calls. All positive; each list holds at least one. */
record Axes(
    List<Integer> lengths,
    List<Integer> batches,
    List<Integer> concurrencies,
    List<Integer> tasks) {

  Axes {
    lengths = checked("--lengths", lengths);
    batches = checked("--batch", batches);
    concurrencies = checked("--concurrency", concurrencies);
    tasks = checked("--tasks", tasks);
  }

  /** Each value once, in ascending order. */
  static List<Integer> checked(String option, List<Integer> values) {
    if (values.isEmpty() || values.stream().anyMatch(value -> value < 1)) {
      throw new IllegalArgumentException(option + " " + values + ": numbers from 1 expected");
    }
    return values.stream().distinct().sorted().toList();
  }
}
