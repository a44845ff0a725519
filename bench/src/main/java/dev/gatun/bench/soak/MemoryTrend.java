package dev.gatun.bench.soak;

import dev.gatun.bench.measure.Statistics;
import java.util.ArrayList;
import java.util.List;

/**
 * Resident memory over time. It has stopped growing when the line through all samples after the
 * warm-up rises, from its beginning to its end, by no more than a bound.
 */
final class MemoryTrend {
  /** Share of the time in which caches fill, code is compiled and workspaces reach their size. */
  private static final double WARM_UP = 0.25;

  private static final double BOUND_MEBIBYTES = 24;
  private static final double BOUND_SHARE = 0.03;

  private final List<double[]> samples = new ArrayList<>();

  /** Adds a sample; times rise. */
  void add(double seconds, double mebibytes) {
    samples.add(new double[] {seconds, mebibytes});
  }

  /**
   * The verdict.
   *
   * @param warmUpSeconds samples before were left out
   * @param growthMebibytes of the fitted line, over the rest of the time
   * @param boundMebibytes 24, or 3 % of the mean when that is more
   */
  record Verdict(
      double warmUpSeconds, double meanMebibytes, double growthMebibytes, double boundMebibytes) {
    boolean grows() {
      return growthMebibytes > boundMebibytes;
    }
  }

  Verdict verdict() {
    double end = samples.isEmpty() ? 0 : samples.getLast()[0];
    double start = end * WARM_UP;
    double[][] late = samples.stream().filter(one -> one[0] >= start).toArray(double[][]::new);
    double[] x = new double[late.length];
    double[] y = new double[late.length];
    for (int i = 0; i < late.length; i++) {
      x[i] = late[i][0];
      y[i] = late[i][1];
    }
    double mean = Statistics.mean(y);
    double growth = Statistics.slope(x, y) * (end - start);
    return new Verdict(start, mean, growth, Math.max(BOUND_MEBIBYTES, BOUND_SHARE * mean));
  }
}
