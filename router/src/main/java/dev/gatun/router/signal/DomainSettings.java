package dev.gatun.router.signal;

import java.util.Optional;

/**
 * How the domain classifier's answer is read.
 *
 * @param threshold probability from which a label is emitted; 0 to 1
 * @param fallbackCategory the label emitted when none reaches the threshold
 */
public record DomainSettings(double threshold, Optional<String> fallbackCategory) {
  public static final double DEFAULT_THRESHOLD = 0.5;

  public DomainSettings {
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException("threshold must be 0 to 1, got " + threshold);
    }
  }

  public static DomainSettings byDefault() {
    return new DomainSettings(DEFAULT_THRESHOLD, Optional.empty());
  }
}
