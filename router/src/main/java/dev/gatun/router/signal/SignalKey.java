package dev.gatun.router.signal;

import java.util.Locale;

/**
 * The identity of a signal.
 *
 * @param name the rule's name exactly as declared
 */
public record SignalKey(Family family, String name) {
  private static final String METRIC = "metric:";

  /** The key under which the family {@code kb} records a metric of a knowledge base. */
  public static SignalKey kbMetric(String kb, String metric) {
    return new SignalKey(Family.KB, (METRIC + kb + ":" + metric).toLowerCase(Locale.ROOT));
  }

  /** {@code type:name}, as traces and headers write it; {@code kb_metric:kb:metric} of a metric. */
  @Override
  public String toString() {
    boolean isMetric = family == Family.KB && name.startsWith(METRIC);
    return family.type() + (isMetric ? "_" : ":") + name;
  }
}
