package dev.gatun.server.learn;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Multinomial logistic regression with a Gaussian prior: the weights W and biases b that minimise
 *
 * <p>f = −1/n Σᵢ log softmax(W·(xᵢ − μ) + b)[yᵢ] + λ/2 ‖W‖²,
 *
 * <p>by accelerated gradient descent with restarts (Nesterov 1983; O'Donoghue and Candès 2015). f
 * is convex and its gradient has the Lipschitz constant L ≤ ½ λmax(1/n Σ x̃x̃ᵀ) + λ (Böhning 1992),
 * x̃ being a centred row with a 1 behind it, so steps of 1/L need no search and the result does not
 * depend on where it starts.
 */
public final class SoftmaxRegression {
  private static final int STEPS_MAX = 2_000;
  private static final int POWER_STEPS = 30;

  /** Stops when no weight would move by more than this share of the largest. */
  private static final double SETTLED = 1e-4;

  private final float[][] rows;
  private final int[] wanted;
  private final int classes;
  private final int width;
  private final double[] center;

  /**
   * A problem to solve.
   *
   * @param rows features, one array per example, all of one length; not copied, not changed
   * @param wanted class of each example, 0 … classes − 1
   * @param classes 2 or more
   */
  public SoftmaxRegression(float[][] rows, int[] wanted, int classes) {
    if (rows.length == 0 || rows.length != wanted.length || classes < 2) {
      throw new IllegalArgumentException(
          rows.length + " rows, " + wanted.length + " labels, " + classes + " classes");
    }
    this.rows = rows;
    this.wanted = wanted.clone();
    this.classes = classes;
    this.width = rows[0].length;
    this.center = mean();
  }

  /**
   * Weights [classes][width + 1] over the rows as they were given; the last of each is the bias.
   *
   * @param lambda strength of the prior, more than 0
   * @param progress is told how many of 1 000 parts are done
   */
  public float[][] fit(double lambda, IntConsumer progress) {
    if (!(lambda > 0)) {
      throw new IllegalArgumentException("lambda is " + lambda + ": more than 0 expected");
    }
    double step = 1 / (0.5 * largestEigenvalue() + lambda);
    double[][] at = new double[classes][width + 1];
    double[][] ahead = copy(at);
    double momentum = 1;
    for (int i = 0; i < STEPS_MAX; i++) {
      double[][] gradient = gradient(ahead, lambda);
      double[][] next = minus(ahead, gradient, step);
      // Momentum that points uphill is dropped.
      boolean uphill = inner(gradient, next, at) > 0;
      double later = uphill ? 1 : (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
      ahead = uphill ? copy(next) : extrapolated(next, at, (momentum - 1) / later);
      boolean settled = moved(next, at) <= SETTLED * step * largest(next);
      momentum = later;
      at = next;
      progress.accept(settled ? 1_000 : (int) (1_000L * (i + 1) / STEPS_MAX));
      if (settled) {
        break;
      }
    }
    return uncentred(at);
  }

  private double[] mean() {
    double[] mean = new double[width];
    for (float[] row : rows) {
      for (int j = 0; j < width; j++) {
        mean[j] += (double) row[j] / rows.length;
      }
    }
    return mean;
  }

  /** Of 1/n Σ x̃x̃ᵀ, by the power method; a tenth is added for what it has not found. */
  private double largestEigenvalue() {
    double[] v = new double[width + 1];
    for (int j = 0; j <= width; j++) {
      v[j] = 1 + 0.01 * (j % 7);
    }
    double value = 1;
    for (int i = 0; i < POWER_STEPS; i++) {
      double length = Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
      for (int j = 0; j <= width; j++) {
        v[j] /= length;
      }
      double[] next = new double[width + 1];
      for (float[] row : rows) {
        double product = v[width];
        for (int j = 0; j < width; j++) {
          product += (row[j] - center[j]) * v[j];
        }
        for (int j = 0; j < width; j++) {
          next[j] += product * (row[j] - center[j]) / rows.length;
        }
        next[width] += product / rows.length;
      }
      value = Math.sqrt(Arrays.stream(next).map(x -> x * x).sum());
      v = next;
    }
    return 1.1 * value;
  }

  private double[][] gradient(double[][] weights, double lambda) {
    int shares = Math.min(rows.length, Runtime.getRuntime().availableProcessors() * 4);
    double[][] sum =
        IntStream.range(0, shares)
            .parallel()
            .mapToObj(share -> gradientOf(weights, share, shares))
            .reduce(SoftmaxRegression::plus)
            .orElseThrow();
    for (int c = 0; c < classes; c++) {
      for (int j = 0; j <= width; j++) {
        sum[c][j] = sum[c][j] / rows.length + (j < width ? lambda * weights[c][j] : 0);
      }
    }
    return sum;
  }

  private double[][] gradientOf(double[][] weights, int share, int shares) {
    double[][] sum = new double[classes][width + 1];
    int end = (int) ((long) rows.length * (share + 1) / shares);
    double[] x = new double[width];
    for (int i = (int) ((long) rows.length * share / shares); i < end; i++) {
      for (int j = 0; j < width; j++) {
        x[j] = rows[i][j] - center[j];
      }
      double[] p = Probability.softmax(scores(weights, x));
      p[wanted[i]] -= 1;
      for (int c = 0; c < classes; c++) {
        double[] into = sum[c];
        double by = p[c];
        for (int j = 0; j < width; j++) {
          into[j] += by * x[j];
        }
        into[width] += by;
      }
    }
    return sum;
  }

  private double[] scores(double[][] weights, double[] x) {
    double[] scores = new double[classes];
    for (int c = 0; c < classes; c++) {
      double[] w = weights[c];
      double score = w[width];
      for (int j = 0; j < width; j++) {
        score += w[j] * x[j];
      }
      scores[c] = score;
    }
    return scores;
  }

  private float[][] uncentred(double[][] weights) {
    float[][] result = new float[classes][width + 1];
    for (int c = 0; c < classes; c++) {
      double bias = weights[c][width];
      for (int j = 0; j < width; j++) {
        bias -= weights[c][j] * center[j];
        result[c][j] = (float) weights[c][j];
      }
      result[c][width] = (float) bias;
    }
    return result;
  }

  private static double[][] plus(double[][] a, double[][] b) {
    for (int c = 0; c < a.length; c++) {
      for (int j = 0; j < a[c].length; j++) {
        a[c][j] += b[c][j];
      }
    }
    return a;
  }

  private static double[][] minus(double[][] a, double[][] b, double factor) {
    double[][] result = copy(a);
    for (int c = 0; c < a.length; c++) {
      for (int j = 0; j < a[c].length; j++) {
        result[c][j] -= factor * b[c][j];
      }
    }
    return result;
  }

  private static double[][] extrapolated(double[][] to, double[][] from, double factor) {
    double[][] result = copy(to);
    for (int c = 0; c < to.length; c++) {
      for (int j = 0; j < to[c].length; j++) {
        result[c][j] += factor * (to[c][j] - from[c][j]);
      }
    }
    return result;
  }

  /** ⟨gradient, to − from⟩. */
  private static double inner(double[][] gradient, double[][] to, double[][] from) {
    double sum = 0;
    for (int c = 0; c < to.length; c++) {
      for (int j = 0; j < to[c].length; j++) {
        sum += gradient[c][j] * (to[c][j] - from[c][j]);
      }
    }
    return sum;
  }

  private static double moved(double[][] to, double[][] from) {
    double largest = 0;
    for (int c = 0; c < to.length; c++) {
      for (int j = 0; j < to[c].length; j++) {
        largest = Math.max(largest, Math.abs(to[c][j] - from[c][j]));
      }
    }
    return largest;
  }

  private static double largest(double[][] values) {
    return Arrays.stream(values).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
  }

  private static double[][] copy(double[][] values) {
    return Arrays.stream(values).map(double[]::clone).toArray(double[][]::new);
  }
}
