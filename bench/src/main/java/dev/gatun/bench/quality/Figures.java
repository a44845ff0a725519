package dev.gatun.bench.quality;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What the columns of the quality bench mean. */
final class Figures {
  /** Bins of the calibration error. */
  static final int BINS = 15;

  private Figures() {}

  /** A score, and whether what it speaks for is there. */
  record Scored(double score, boolean positive) {}

  /** One bin of a reliability diagram. */
  record Bin(double from, double to, int rows, double confidence, double right) {}

  /** To four digits, as files hold figures; NaN becomes 0. */
  static double rounded(double value) {
    return Double.isNaN(value) ? 0 : Math.round(value * 1e4) / 1e4;
  }

  /** A share; 0 of nothing. */
  static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** The harmonic mean of precision and recall, from counts. */
  static double f1(long right, long found, long wanted) {
    return found + wanted == 0 ? 0 : 2.0 * right / (found + wanted);
  }

  /**
   * The chance that a positive scores above a negative, equal scores counting half; NaN when there
   * are none of one kind.
   */
  static double auroc(List<Scored> all) {
    double[] ranks = ranks(all.stream().mapToDouble(Scored::score).toArray());
    double sum = 0;
    long positives = 0;
    for (int i = 0; i < ranks.length; i++) {
      if (all.get(i).positive()) {
        sum += ranks[i];
        positives++;
      }
    }
    long negatives = all.size() - positives;
    return positives == 0 || negatives == 0
        ? Double.NaN
        : (sum - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
  }

  /** Rank correlation of Spearman. */
  static double spearman(double[] left, double[] right) {
    return pearson(ranks(left), ranks(right));
  }

  private static double pearson(double[] x, double[] y) {
    double meanX = Arrays.stream(x).average().orElse(0);
    double meanY = Arrays.stream(y).average().orElse(0);
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    return xy / Math.sqrt(xx * yy);
  }

  /** Ranks from 1; equal values share their mean rank. */
  static double[] ranks(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[values.length];
    int from = 0;
    while (from < order.length) {
      int to = from;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + to + 1) / 2.0;
      }
      from = to;
    }
    return ranks;
  }

  /** The bins of equal width that hold anything; positive means the answer was right. */
  static List<Bin> bins(List<Scored> all) {
    return IntStream.range(0, BINS)
        .mapToObj(b -> bin(b, all.stream().filter(s -> place(s.score()) == b).toList()))
        .filter(bin -> bin.rows() > 0)
        .toList();
  }

  private static int place(double confidence) {
    return Math.clamp((int) (confidence * BINS), 0, BINS - 1);
  }

  private static Bin bin(int number, List<Scored> inside) {
    return new Bin(
        (double) number / BINS,
        (number + 1.0) / BINS,
        inside.size(),
        inside.stream().mapToDouble(Scored::score).average().orElse(0),
        share(inside.stream().filter(Scored::positive).count(), inside.size()));
  }

  /** The expected calibration error of Guo et al. 2017. */
  static double calibrationError(List<Scored> all) {
    double error = 0;
    for (Bin bin : bins(all)) {
      error += bin.rows() * Math.abs(bin.confidence() - bin.right());
    }
    return all.isEmpty() ? 0 : error / all.size();
  }

  /** The least score above which no more than a share of the negatives lie. */
  static double cut(List<Scored> all, double falsePositives) {
    double[] negatives =
        all.stream().filter(s -> !s.positive()).mapToDouble(Scored::score).sorted().toArray();
    int allowed = (int) Math.floor(falsePositives * negatives.length);
    int index = negatives.length - 1 - allowed;
    return index < 0 ? Double.NEGATIVE_INFINITY : negatives[index];
  }

  /** The share of positives above a cut. */
  static double recallAbove(List<Scored> all, double cut) {
    long positives = all.stream().filter(Scored::positive).count();
    return share(all.stream().filter(s -> s.positive() && s.score() > cut).count(), positives);
  }
}
