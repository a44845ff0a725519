package dev.gatun.server.learn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/**
 * Fits a linear head to embedded examples. How strong the prior is, and everything that is said
 * about quality, comes from stratified cross-validation: no example is judged by a head that saw
 * it.
 */
public final class HeadTraining {
  private static final int FOLDS_MAX = 5;

  /** Enough to choose one number by; the head itself is fitted to all examples. */
  private static final int COMPARED_MAX = 3_000;

  /** Of the prior, in examples; around 1, which suits embeddings of unit length. */
  private static final double[] STRENGTHS = {0.01, 0.1, 1, 10};

  private static final double LAMBDA_MIN = 1e-5;

  private final float[][] rows;
  private final int[] wanted;
  private final int classes;

  /**
   * The outcome.
   *
   * @param weights see {@link SoftmaxRegression#fit}
   * @param lambda strength of the prior
   * @param folds of the cross-validation
   * @param heldOut examples judged by heads that did not see them
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, not changed afterwards
  public record Fitted(float[][] weights, double lambda, int folds, Calibration heldOut) {}

  /**
   * A head to train.
   *
   * @param rows embeddings, one per example
   * @param wanted class of each example; every class has two examples or more
   */
  public HeadTraining(float[][] rows, int[] wanted, int classes) {
    int[] counts = counts(wanted, classes);
    if (Arrays.stream(counts).anyMatch(count -> count < 2)) {
      throw new IllegalArgumentException(
          "every class needs two examples: " + Arrays.toString(counts));
    }
    this.rows = rows;
    this.wanted = wanted.clone();
    this.classes = classes;
  }

  /**
   * Chooses the prior, fits the head.
   *
   * @param progress is told the share that is done, 0 to 1
   */
  public Fitted fit(DoubleConsumer progress) {
    int[] compared = compared();
    int folds =
        Math.min(FOLDS_MAX, Arrays.stream(counts(of(compared), classes)).min().orElseThrow());
    int parts = STRENGTHS.length * folds + 1;
    List<Candidate> candidates = new ArrayList<>();
    for (double strength : STRENGTHS) {
      double lambda = Math.max(LAMBDA_MIN, strength / compared.length);
      int before = candidates.size() * folds;
      DoubleConsumer share = done -> progress.accept((before + done) / parts);
      candidates.add(new Candidate(lambda, heldOut(compared, folds, lambda, share)));
    }
    Candidate best =
        candidates.stream().min(Comparator.comparingDouble(Candidate::loss)).orElseThrow();
    float[][] weights =
        new SoftmaxRegression(rows, wanted, classes)
            .fit(best.lambda, done -> progress.accept((parts - 1 + done / 1000.0) / parts));
    return new Fitted(weights, best.lambda, folds, best.heldOut);
  }

  /** A prior and what it leads to. */
  private record Candidate(double lambda, Calibration heldOut) {
    double loss() {
      return heldOut.loss(heldOut.temperature());
    }
  }

  private Calibration heldOut(int[] examples, int folds, double lambda, DoubleConsumer progress) {
    int[] fold = folds(examples, folds);
    double[][] logits = new double[examples.length][];
    for (int f = 0; f < folds; f++) {
      int now = f;
      int[] seen =
          IntStream.range(0, examples.length)
              .filter(i -> fold[i] != now)
              .map(i -> examples[i])
              .toArray();
      float[][] weights =
          new SoftmaxRegression(rowsOf(seen), of(seen), classes)
              .fit(lambda, done -> progress.accept(now + done / 1000.0));
      for (int i = 0; i < examples.length; i++) {
        if (fold[i] == f) {
          logits[i] = logits(weights, rows[examples[i]]);
        }
      }
    }
    return new Calibration(logits, of(examples));
  }

  /** Every class dealt out over the folds in turn. */
  private int[] folds(int[] examples, int folds) {
    int[] dealt = new int[classes];
    return Arrays.stream(examples).map(example -> dealt[wanted[example]]++ % folds).toArray();
  }

  /** The examples the prior is chosen by: all, or as many of every class as there is room for. */
  private int[] compared() {
    int room = Math.max(2, COMPARED_MAX / classes);
    int[] taken = new int[classes];
    return rows.length <= COMPARED_MAX
        ? IntStream.range(0, rows.length).toArray()
        : IntStream.range(0, rows.length).filter(i -> taken[wanted[i]]++ < room).toArray();
  }

  private float[][] rowsOf(int[] examples) {
    return Arrays.stream(examples).mapToObj(i -> rows[i]).toArray(float[][]::new);
  }

  private int[] of(int[] examples) {
    return Arrays.stream(examples).map(i -> wanted[i]).toArray();
  }

  private static int[] counts(int[] wanted, int classes) {
    int[] counts = new int[classes];
    Arrays.stream(wanted).forEach(c -> counts[c]++);
    return counts;
  }

  private static double[] logits(float[][] weights, float[] row) {
    return Arrays.stream(weights)
        .mapToDouble(w -> {
          double sum = w[row.length];
          for (int j = 0; j < row.length; j++) {
            sum += (double) w[j] * row[j];
          }
          return sum;
        })
        .toArray();
  }
}
