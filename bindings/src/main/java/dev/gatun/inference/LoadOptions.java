package dev.gatun.inference;

/**
 * How a model is loaded.
 *
 * @param precision of its linear layers
 * @param threads that read and pack weights, 1 … 256; 0: all processors
 * @param cache of packed weights
 */
public record LoadOptions(Precision precision, int threads, WeightCache cache) {

  private static final int THREADS_MAX = 256;

  public LoadOptions {
    if (threads < 0 || threads > THREADS_MAX) {
      throw new IllegalArgumentException(
          "threads is " + threads + ": 0 … " + THREADS_MAX + " expected");
    }
  }

  /** The reference: fp32, no cache. */
  public static LoadOptions defaults() {
    return new LoadOptions(Precision.FP32, 0, WeightCache.off());
  }

  /** The same in another precision. */
  public LoadOptions in(Precision other) {
    return new LoadOptions(other, threads, cache);
  }
}
