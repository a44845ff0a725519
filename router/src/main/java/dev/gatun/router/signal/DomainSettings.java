package dev.gatun.router.signal;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Who tells what a text is about, and how the answer is read. Without a tool the local classifier
 * is asked, without the local classifier the tool, and with both the tool when the classifier is
 * unsure (spec signals §20.5).
 *
 * @param threshold probability from which a label of the classifier is emitted; at least 0, and
 *     above 1 none is
 * @param fallbackCategory the label emitted when none reaches the threshold
 * @param isLocal whether the local classifier is asked
 * @param tool the same of the tool, when there is one
 */
public record DomainSettings(
    double threshold, Optional<String> fallbackCategory, boolean isLocal, OptionalDouble tool) {
  public static final double DEFAULT_THRESHOLD = 0.5;

  public DomainSettings {
    check(threshold);
    tool.ifPresent(DomainSettings::check);
    if (!isLocal && tool.isEmpty()) {
      throw new IllegalArgumentException("neither the classifier nor a tool would be asked");
    }
  }

  private static void check(double threshold) {
    if (!(threshold >= 0)) {
      throw new IllegalArgumentException("threshold must be at least 0, got " + threshold);
    }
  }

  /** Those of the local classifier alone. */
  public static DomainSettings local(double threshold, Optional<String> fallbackCategory) {
    return new DomainSettings(threshold, fallbackCategory, true, OptionalDouble.empty());
  }

  public static DomainSettings byDefault() {
    return local(DEFAULT_THRESHOLD, Optional.empty());
  }
}
