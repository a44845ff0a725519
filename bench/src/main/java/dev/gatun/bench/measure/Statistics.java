package dev.gatun.bench.measure;

import java.util.Arrays;
import java.util.List;

/** Statistics of samples, by the definitions that the peers' bench uses. */
public final class Statistics {
  private Statistics() {}

  /**
   * The middle value, or the mean of the two middle ones.
   *
   * @throws IllegalArgumentException without samples
   */
  public static double median(double... samples) {
    double[] sorted = sorted(samples);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** {@link #median(double...)} of a list. */
  public static double median(List<Double> samples) {
    return median(array(samples));
  }

  /**
   * The smallest sample that at least the given share of all samples does not exceed (nearest
   * rank).
   *
   * @param share 0 … 1
   * @throws IllegalArgumentException without samples
   */
  public static double percentile(double share, List<Double> samples) {
    double[] sorted = sorted(array(samples));
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
  }

  /** The arithmetic mean; 0 without samples. */
  public static double mean(double... samples) {
    return Arrays.stream(samples).average().orElse(0);
  }

  /**
   * Least-squares slope of y over x; 0 for fewer than two samples or one x.
   *
   * @param x as long as {@code y}
   */
  public static double slope(double[] x, double[] y) {
    if (x.length != y.length) {
      throw new IllegalArgumentException(x.length + " abscissas for " + y.length + " ordinates");
    }
    double meanX = mean(x);
    double meanY = mean(y);
    double covariance = 0;
    double variance = 0;
    for (int i = 0; i < x.length; i++) {
      covariance += (x[i] - meanX) * (y[i] - meanY);
      variance += (x[i] - meanX) * (x[i] - meanX);
    }
    return variance == 0 ? 0 : covariance / variance;
  }

  private static double[] array(List<Double> samples) {
    return samples.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double[] sorted(double[] samples) {
    if (samples.length == 0) {
      throw new IllegalArgumentException("no samples");
    }
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    return sorted;
  }
}
