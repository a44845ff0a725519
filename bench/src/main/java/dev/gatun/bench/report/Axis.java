package dev.gatun.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One axis of a chart: values to positions, and where its ticks are.
 *
 * @param label what it shows, with its unit
 * @param from position of {@code low} in the picture
 * @param to position of {@code high}
 */
record Axis(
    String label,
    Scale scale,
    double low,
    double high,
    List<Double> ticks,
    double from,
    double to) {

  /** How values become positions. */
  enum Scale {
    LINEAR,
    LOG
  }

  Axis {
    ticks = List.copyOf(ticks);
    if (!(low < high) || (scale == Scale.LOG && low <= 0)) {
      throw new IllegalArgumentException("an axis from " + low + " to " + high);
    }
  }

  /** An axis whose ticks are the values themselves, as for lengths that double. */
  static Axis ofValues(String label, List<Double> values, double from, double to) {
    List<Double> ticks = values.stream().distinct().sorted().toList();
    double low = ticks.getFirst();
    double high = ticks.getLast();
    return low < high
        ? new Axis(label, Scale.LOG, low, high, ticks, from, to)
        : new Axis(label, Scale.LOG, low / 2, low * 2, ticks, from, to);
  }

  /** An axis from 0 to 1. */
  static Axis ofShares(String label, double from, double to) {
    return new Axis(label, Scale.LINEAR, 0, 1, List.of(0.0, 0.2, 0.4, 0.6, 0.8, 1.0), from, to);
  }

  /** A logarithmic axis with ticks at 1, 2 and 5 times the powers of ten. */
  static Axis logarithmic(String label, List<Double> values, double from, double to) {
    double smallest = values.stream().min(Double::compare).orElseThrow();
    double largest = values.stream().max(Double::compare).orElseThrow();
    List<Double> all = new ArrayList<>();
    int decade = (int) Math.floor(Math.log10(smallest));
    for (; Math.pow(10, decade) <= largest; decade++) {
      for (int step : List.of(1, 2, 5)) {
        all.add(step * Math.pow(10, decade));
      }
    }
    all.add(Math.pow(10, decade));
    double low = all.stream().filter(t -> t <= smallest).max(Double::compare).orElseThrow();
    double high = all.stream().filter(t -> t >= largest && t > low).findFirst().orElseThrow();
    List<Double> ticks = all.stream().filter(t -> t >= low && t <= high).toList();
    return new Axis(label, Scale.LOG, low, high, ticks, from, to);
  }

  /** A linear axis from 0 with at most eight round steps. */
  static Axis linear(String label, List<Double> values, double from, double to) {
    double largest = Math.max(values.stream().max(Double::compare).orElseThrow(), 1e-9);
    double power = Math.pow(10, Math.floor(Math.log10(largest)));
    double step = power;
    for (double factor : new double[] {0.1, 0.2, 0.5, 1, 2, 5}) {
      if (largest / (factor * power) <= 8) {
        step = factor * power;
        break;
      }
    }
    List<Double> ticks = new ArrayList<>();
    int steps = (int) Math.ceil(largest / step - 1e-9);
    for (int i = 0; i <= steps; i++) {
      ticks.add(i * step);
    }
    return new Axis(label, Scale.LINEAR, 0, ticks.getLast(), ticks, from, to);
  }

  /** Where a value lies in the picture. */
  double at(double value) {
    double share =
        switch (scale) {
          case LINEAR -> (value - low) / (high - low);
          case LOG -> Math.log(value / low) / Math.log(high / low);
        };
    return from + share * (to - from);
  }

  /** A tick's text: short, without zeros that say nothing. */
  static String text(double tick) {
    if (tick >= 10_000) {
      return String.format(Locale.ROOT, "%.0fk", tick / 1000);
    }
    return tick == Math.rint(tick)
        ? String.format(Locale.ROOT, "%.0f", tick)
        : String.format(Locale.ROOT, "%.3f", tick).replaceAll("0+$", "");
  }
}
