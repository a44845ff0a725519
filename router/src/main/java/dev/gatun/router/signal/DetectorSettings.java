package dev.gatun.router.signal;

import java.util.Optional;

/**
 * How the answers of classifiers other than that of domains are read: what {@code
 * global.model_catalog.modules} says.
 *
 * @param jailbreak when and from which probability a text is an attack, for rules that do not say
 * @param guard says that in the place of the classifier, when there is one
 * @param factCheck probability from which a text needs its facts checked, at least 0
 * @param userFeedback when and from which probability a label is believed
 */
public record DetectorSettings(
    Detector jailbreak,
    Optional<Guard> guard,
    double factCheck,
    Detector userFeedback,
    ModalitySettings modality) {
  public static final double JAILBREAK = 0.7;
  public static final double FACT_CHECK = 0.6;
  public static final double USER_FEEDBACK = 0.7;

  /**
   * A classifier.
   *
   * @param enabled false where the configuration switches it off
   * @param threshold at least 0; above 1 no probability reaches it
   */
  public record Detector(boolean enabled, double threshold) {
    public Detector {
      requireNoLess(threshold);
    }
  }

  public DetectorSettings {
    requireNoLess(factCheck);
  }

  public static DetectorSettings byDefault() {
    return new DetectorSettings(
        new Detector(true, JAILBREAK),
        Optional.empty(),
        FACT_CHECK,
        new Detector(true, USER_FEEDBACK),
        ModalitySettings.off());
  }

  private static void requireNoLess(double threshold) {
    if (!(threshold >= 0)) {
      throw new IllegalArgumentException("threshold must be at least 0, got " + threshold);
    }
  }
}
