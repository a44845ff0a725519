package dev.gatun.server.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The probabilities of a text's windows on their way to those of the text. */
final class WindowScores {
  private final double[] sum;
  private final OptionalInt alarm;
  private double[] worst = {};
  private long tokens;

  /**
   * Of no window yet.
   *
   * @param alarm the label whose likeliest window counts; empty when windows are averaged
   */
  WindowScores(int labels, OptionalInt alarm) {
    this.sum = new double[labels];
    this.alarm = alarm;
  }

  /** Adds a window of so many tokens. */
  void add(double[] probabilities, int length) {
    tokens += length;
    for (int i = 0; i < sum.length; i++) {
      sum[i] += probabilities[i] * length;
    }
    if (alarm.isPresent()
        && (worst.length == 0 || probabilities[alarm.getAsInt()] > worst[alarm.getAsInt()])) {
      worst = probabilities.clone();
    }
  }

  /** Tokens of all windows. */
  long tokens() {
    return tokens;
  }

  /** Of the text; needs a window. */
  List<Double> probabilities() {
    List<Double> probabilities = new ArrayList<>(sum.length);
    for (int i = 0; i < sum.length; i++) {
      probabilities.add(Math.min(1, alarm.isPresent() ? worst[i] : sum[i] / tokens));
    }
    return probabilities;
  }
}
