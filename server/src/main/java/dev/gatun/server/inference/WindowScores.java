package dev.gatun.server.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The probabilities of a text's windows on their way to those of the text. */
final class WindowScores {
  private final Pool calibrated;
  private final Pool raw;
  private final OptionalInt alarm;
  private double worst = Double.NEGATIVE_INFINITY;
  private long tokens;

  /** What becomes of the windows: their sum, weighted by tokens, and the most alarming of them. */
  private static final class Pool {
    private final double[] sum;
    private double[] worst = {};

    Pool(int labels) {
      sum = new double[labels];
    }

    void add(double[] probabilities, int length) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += probabilities[i] * length;
      }
    }
  }

  /**
   * Of no window yet.
   *
   * @param alarm the label whose likeliest window counts; empty when windows are averaged
   */
  WindowScores(int labels, OptionalInt alarm) {
    this.calibrated = new Pool(labels);
    this.raw = new Pool(labels);
    this.alarm = alarm;
  }

  /**
   * Adds a window.
   *
   * @param probabilities calibrated ones
   * @param uncalibrated the same as the model gives them
   * @param length tokens
   */
  void add(double[] probabilities, double[] uncalibrated, int length) {
    tokens += length;
    calibrated.add(probabilities, length);
    raw.add(uncalibrated, length);
    if (alarm.isPresent() && probabilities[alarm.getAsInt()] > worst) {
      worst = probabilities[alarm.getAsInt()];
      calibrated.worst = probabilities.clone();
      raw.worst = uncalibrated.clone();
    }
  }

  /** Tokens of all windows. */
  long tokens() {
    return tokens;
  }

  /** Of the text; needs a window. */
  List<Double> probabilities() {
    return of(calibrated);
  }

  /** The same without calibration. */
  List<Double> raw() {
    return of(raw);
  }

  private List<Double> of(Pool pool) {
    List<Double> probabilities = new ArrayList<>(pool.sum.length);
    for (int i = 0; i < pool.sum.length; i++) {
      probabilities.add(Math.min(1, alarm.isPresent() ? pool.worst[i] : pool.sum[i] / tokens));
    }
    return probabilities;
  }
}
