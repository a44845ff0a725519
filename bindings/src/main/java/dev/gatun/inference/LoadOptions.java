package dev.gatun.inference;

/**
 * How a model is loaded.
 *
 * @param precision of its linear layers
 * @param threads that read and pack weights, 1 … 256; 0: all processors
 * @param cache of packed weights
 * @param watch is told how far the load is
 */
public record LoadOptions(Precision precision, int threads, WeightCache cache, LoadWatch watch) {

  private static final int THREADS_MAX = 256;

  public LoadOptions {
    if (threads < 0 || threads > THREADS_MAX) {
      throw new IllegalArgumentException(
          "threads is " + threads + ": 0 … " + THREADS_MAX + " expected");
    }
  }

  /** Nobody watches. */
  public LoadOptions(Precision precision, int threads, WeightCache cache) {
    this(precision, threads, cache, LoadWatch.start());
  }

  /** The reference: fp32, no cache. */
  public static LoadOptions defaults() {
    return new LoadOptions(Precision.FP32, 0, WeightCache.off());
  }

  /** The same in another precision. */
  public LoadOptions in(Precision other) {
    return new LoadOptions(other, threads, cache, watch);
  }

  /** The same with another cache. */
  public LoadOptions with(WeightCache other) {
    return new LoadOptions(precision, threads, other, watch);
  }

  /** The same with another watch. */
  public LoadOptions with(LoadWatch other) {
    return new LoadOptions(precision, threads, cache, other);
  }
}
