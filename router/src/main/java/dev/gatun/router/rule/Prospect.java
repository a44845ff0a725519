package dev.gatun.router.rule;

/**
 * What is certain of a rule while some of its signals are not known yet.
 *
 * @param confidence it has if it holds; NaN when that is not known yet
 */
public record Prospect(Truth truth, double confidence) {
  /** Whether a rule holds. */
  public enum Truth {
    HOLDS,
    FAILS,
    /** It depends on signals that are not known. */
    OPEN
  }

  static Prospect holds(double confidence) {
    return new Prospect(Truth.HOLDS, confidence);
  }

  static Prospect fails() {
    return new Prospect(Truth.FAILS, 0);
  }

  static Prospect open(double confidence) {
    return new Prospect(Truth.OPEN, confidence);
  }

  public boolean isConfidenceKnown() {
    return !Double.isNaN(confidence);
  }

  /** Whether nothing that is not known yet can change it. */
  public boolean isFinal() {
    return truth == Truth.FAILS || (truth == Truth.HOLDS && isConfidenceKnown());
  }
}
