package dev.gatun.inference;

import java.util.List;

/**
 * How one call computes a set of results: the cheapest exact order of work.
 *
 * @param name {@code trunk} (no task), {@code shared-trunk} (heads alone), {@code shared-bottom}
 *     (rows part at the lowest adapted layer), {@code stacked} (several tasks adapted from the
 *     first layer on, in one pass) or {@code single} (one such task)
 * @param cost in layers × tokens, the reading of weights included
 * @param separate the same with a call of its own for each task and sequence
 * @param layers that are computed
 */
public record Plan(
    String name, double cost, double separate, int layers, List<Step> steps, List<Use> tasks) {

  /** Rows that run through the layers from {@code layer} on, up to the next step. */
  public record Step(int layer, int rows) {}

  /**
   * A task of the call.
   *
   * @param layer the first that is computed for this task alone
   * @param form {@code head}, {@code low-rank} or {@code merged}
   */
  public record Use(String name, int layer, String form, int sequences, int tokens) {}

  public Plan {
    steps = List.copyOf(steps);
    tasks = List.copyOf(tasks);
  }
}
