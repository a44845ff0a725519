package dev.gatun.server.cli;

/**
 * Quantiles of times within a percent, in memory that does not grow: counts in buckets each a
 * percent and a half wider than the one before. For use by one thread.
 */
final class Quantiles {
  private static final double LEAST = 1e-3;
  private static final double GROWTH = 1.015;

  /** Up to LEAST times GROWTH to this power, a fortnight in milliseconds. */
  private static final int BUCKETS = 1_900;

  private final long[] counts = new long[BUCKETS];
  private long total;
  private double most;

  /** Adds a time of 0 or more; any unit, told apart from a thousandth of it upwards. */
  void add(double value) {
    int bucket = value <= LEAST ? 0 : (int) (Math.log(value / LEAST) / Math.log(GROWTH)) + 1;
    counts[Math.min(bucket, BUCKETS - 1)]++;
    total++;
    most = Math.max(most, value);
  }

  /** The greatest. */
  double most() {
    return most;
  }

  /**
   * The value that a share of all are not above; 0 of none.
   *
   * @param share 0 to 1
   */
  double at(double share) {
    long rank = (long) Math.ceil(share * total);
    long seen = 0;
    for (int bucket = 0; bucket < BUCKETS && total > 0; bucket++) {
      seen += counts[bucket];
      if (seen >= Math.max(1, rank)) {
        return Math.min(most, LEAST * Math.pow(GROWTH, bucket - 0.5));
      }
    }
    return 0;
  }
}
