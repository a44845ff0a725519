package dev.gatun.bench.soak;

import dev.gatun.bench.measure.Statistics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Resident memory over time, as the least of every twentieth of it: while a model is opened in the
 * place of another there are both, for as long as the machine needs. It has stopped growing when
 * the line through what comes after the warm-up rises, from its beginning to its end, by no more
 * than a bound.
 */
final class MemoryTrend {
  /** Share of the time in which caches fill, code is compiled and workspaces reach their size. */
  private static final double WARM_UP = 0.25;

  private static final int PARTS = 20;

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
    List<double[]> late = least(end).filter(one -> one[0] >= start).toList();
    double[] x = late.stream().mapToDouble(one -> one[0]).toArray();
    double[] y = late.stream().mapToDouble(one -> one[1]).toArray();
    double mean = Statistics.mean(y);
    double growth = Statistics.slope(x, y) * (end - start);
    return new Verdict(start, mean, growth, Math.max(BOUND_MEBIBYTES, BOUND_SHARE * mean));
  }

  /** The least sample of each part of the time. */
  private Stream<double[]> least(double end) {
    return samples.stream()
        .collect(
            Collectors.groupingBy(
                one -> (int) Math.min(PARTS - 1, one[0] / end * PARTS),
                Collectors.minBy(Comparator.comparingDouble(one -> one[1]))))
        .values()
        .stream()
        .flatMap(Optional::stream);
  }
}
