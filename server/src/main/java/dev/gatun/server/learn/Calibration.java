package dev.gatun.server.learn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How far the probabilities of a classifier can be believed, by labelled examples it was not fitted
 * on, and what would make them so.
 *
 * @param logits one row per example, one column per class; a temperature divides them
 * @param beside of the same shape: what is added after that, by another expert
 * @param wanted class of each example
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not changed afterwards
public record Calibration(double[][] logits, double[][] beside, int[] wanted) {
  /** Bins of the calibration error and of the reliability diagram. */
  public static final int BINS = 15;

  private static final double TEMPERATURE_MIN = 0.05;
  private static final double TEMPERATURE_MAX = 20;

  /** Of the squared logarithm of a temperature: decides where the examples do not. */
  private static final double INDIFFERENCE = 1e-6;

  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final int SEARCH_STEPS = 60;

  /**
   * Examples whose label is about that likely.
   *
   * @param confidence mean probability of their likeliest class
   * @param accuracy share whose likeliest class is the wanted one
   */
  public record Bin(double low, double high, int count, double confidence, double accuracy) {}

  /**
   * What a threshold on the probability of one class does.
   *
   * @param falsePositiveRate share of the other classes' examples at or above it
   * @param recall share of the class's own examples at or above it
   * @param precision share of the class among what lies at or above it; 1 when nothing does
   */
  public record Operating(
      double threshold, double falsePositiveRate, double recall, double precision) {}

  public Calibration {
    if (logits.length == 0 || logits.length != wanted.length || logits.length != beside.length) {
      throw new IllegalArgumentException(
          logits.length + " rows, " + beside.length + " beside, " + wanted.length + " labels");
    }
  }

  /** Of logits alone. */
  public Calibration(double[][] logits, int[] wanted) {
    this(
        logits,
        Arrays.stream(logits).map(row -> new double[row.length]).toArray(double[][]::new),
        wanted);
  }

  /**
   * What logits are to be divided by: minimises the negative log-likelihood of the wanted classes
   * (Guo et al. 2017), which has one minimum over the inverse temperature.
   *
   * <p>The classes are wanted as surely as their examples allow: one of n examples with (n + 1) /
   * (n + 2), as Platt (1999) has it. Where all examples are right, the likelihood of the bare
   * classes has no maximum, and a few of them would make a classifier certain of everything. Where
   * the examples say nothing, 1 is taken.
   */
  public double temperature() {
    double low = Math.log(TEMPERATURE_MIN);
    double high = Math.log(TEMPERATURE_MAX);
    double[] sure = sureness();
    for (int i = 0; i < SEARCH_STEPS; i++) {
      double left = high - GOLDEN * (high - low);
      double right = low + GOLDEN * (high - low);
      if (smoothedLoss(left, sure) <= smoothedLoss(right, sure)) {
        high = right;
      } else {
        low = left;
      }
    }
    return Math.exp((low + high) / 2);
  }

  /** How surely each class is wanted of its examples. */
  private double[] sureness() {
    int[] counts = new int[logits[0].length];
    Arrays.stream(wanted).forEach(c -> counts[c]++);
    return Arrays.stream(counts).mapToDouble(n -> (n + 1.0) / (n + 2)).toArray();
  }

  private double smoothedLoss(double logTemperature, double[] sure) {
    double sum = 0;
    for (int i = 0; i < wanted.length; i++) {
      double[] p = probabilities(i, Math.exp(logTemperature));
      double own = sure[wanted[i]];
      for (int c = 0; c < p.length; c++) {
        double target = c == wanted[i] ? own : (1 - own) / (p.length - 1);
        sum -= target * Math.log(Math.max(p[c], 1e-300));
      }
    }
    return sum / wanted.length + INDIFFERENCE * logTemperature * logTemperature;
  }

  /** Mean negative log-likelihood of the wanted classes. */
  public double loss(double temperature) {
    double sum = 0;
    for (int i = 0; i < wanted.length; i++) {
      sum -= Math.log(Math.max(probabilities(i, temperature)[wanted[i]], 1e-300));
    }
    return sum / wanted.length;
  }

  /** Share of examples whose likeliest class is the wanted one. */
  public double accuracy(double temperature) {
    return (double)
            IntStream.range(0, wanted.length)
                .filter(i -> Probability.best(sums(i, temperature)) == wanted[i])
                .count()
        / wanted.length;
  }

  /** F1 of each class, averaged over the classes that occur. */
  public double macroF1(double temperature) {
    int classes = logits[0].length;
    int[] right = new int[classes];
    int[] found = new int[classes];
    int[] present = new int[classes];
    for (int i = 0; i < wanted.length; i++) {
      int best = Probability.best(sums(i, temperature));
      found[best]++;
      present[wanted[i]]++;
      right[best] += best == wanted[i] ? 1 : 0;
    }
    return IntStream.range(0, classes)
        .filter(c -> present[c] > 0)
        .mapToDouble(c -> 2.0 * right[c] / (found[c] + present[c]))
        .average()
        .orElse(0);
  }

  /** Expected calibration error over {@value #BINS} bins of equal width (Guo et al. 2017). */
  public double error(double temperature) {
    return reliability(temperature).stream()
            .mapToDouble(bin -> bin.count() * Math.abs(bin.confidence() - bin.accuracy()))
            .sum()
        / wanted.length;
  }

  /** The reliability diagram: the bins that hold examples. */
  public List<Bin> reliability(double temperature) {
    int[] count = new int[BINS];
    int[] right = new int[BINS];
    double[] confidence = new double[BINS];
    for (int i = 0; i < wanted.length; i++) {
      double[] p = probabilities(i, temperature);
      int best = Probability.best(p);
      int bin = Math.min((int) (p[best] * BINS), BINS - 1);
      count[bin]++;
      confidence[bin] += p[best];
      right[bin] += best == wanted[i] ? 1 : 0;
    }
    List<Bin> bins = new ArrayList<>();
    for (int b = 0; b < BINS; b++) {
      if (count[b] > 0) {
        bins.add(
            new Bin(
                (double) b / BINS,
                (double) (b + 1) / BINS,
                count[b],
                confidence[b] / count[b],
                (double) right[b] / count[b]));
      }
    }
    return bins;
  }

  /** The lowest threshold of a class with at most that share of false positives. */
  public Optional<Operating> atFalsePositiveRate(int label, double rate, double temperature) {
    return operating(label, temperature).stream()
        .filter(o -> o.falsePositiveRate() <= rate)
        .findFirst();
  }

  /** The lowest threshold of a class from which on at least that share is right. */
  public Optional<Operating> atPrecision(int label, double precision, double temperature) {
    return operating(label, temperature).stream()
        .filter(o -> o.precision() >= precision)
        .findFirst();
  }

  /** Every threshold that changes anything, the lowest first. */
  public List<Operating> operating(int label, double temperature) {
    double[] scores =
        IntStream.range(0, wanted.length)
            .mapToDouble(i -> probabilities(i, temperature)[label])
            .toArray();
    int positives = (int) Arrays.stream(wanted).filter(c -> c == label).count();
    int negatives = wanted.length - positives;
    List<Integer> order =
        IntStream.range(0, wanted.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> scores[i]).reversed())
            .toList();
    List<Operating> all = new ArrayList<>();
    int right = 0;
    int wrong = 0;
    for (int at = 0; at < order.size(); at++) {
      int example = order.get(at);
      right += wanted[example] == label ? 1 : 0;
      wrong += wanted[example] == label ? 0 : 1;
      boolean last = at + 1 == order.size() || scores[order.get(at + 1)] < scores[example];
      if (last) {
        all.add(
            new Operating(
                scores[example],
                negatives == 0 ? 0 : (double) wrong / negatives,
                positives == 0 ? 0 : (double) right / positives,
                (double) right / (right + wrong)));
      }
    }
    return all.reversed();
  }

  private double[] probabilities(int example, double temperature) {
    return Probability.softmax(sums(example, temperature));
  }

  private double[] sums(int example, double temperature) {
    double[] sums = beside[example].clone();
    for (int c = 0; c < sums.length; c++) {
      sums[c] += logits[example][c] / temperature;
    }
    return sums;
  }
}
