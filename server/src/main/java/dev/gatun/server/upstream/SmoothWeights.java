package dev.gatun.server.upstream;

import java.util.ArrayList;
import java.util.List;

/**
 * Smooth weighted round-robin: over any run of calls each item is chosen in proportion to its
 * weight, and the choices of one item are spread out evenly. Safe for use by many threads.
 */
final class SmoothWeights {
  private final int[] weights;
  private final long[] credit;
  private final long total;

  /**
   * @param weights one per item, each at least 1
   */
  SmoothWeights(List<Integer> weights) {
    this.weights = weights.stream().mapToInt(Integer::intValue).toArray();
    this.credit = new long[this.weights.length];
    long sum = 0;
    for (int weight : this.weights) {
      if (weight < 1) {
        throw new IllegalArgumentException("a weight must be at least 1, got " + weight);
      }
      sum += weight;
    }
    this.total = sum;
  }

  /** All items: the one whose turn it is first, the others after it by credit. */
  synchronized List<Integer> order() {
    for (int i = 0; i < weights.length; i++) {
      credit[i] += weights[i];
    }
    List<Integer> order = new ArrayList<>(weights.length);
    for (int i = 0; i < weights.length; i++) {
      order.add(i);
    }
    order.sort((a, b) -> Long.compare(credit[b], credit[a]));
    credit[order.getFirst()] -= total;
    return order;
  }
}
