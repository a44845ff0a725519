package dev.gatun.router.signal;

/**
 * Brings a similarity onto the scale of probabilities, so that it can be compared with those of
 * classifiers: σ(slope · (similarity − midpoint)) (spec projections-decisions §12.2).
 *
 * @param slope steepness, above 0
 * @param midpoint similarity that becomes one half
 */
public record Calibration(double slope, double midpoint) {
  public static final double SLOPE_DEFAULT = 8;

  public Calibration {
    if (!(slope > 0)) {
      throw new IllegalArgumentException("a slope must be above 0, got " + slope);
    }
  }

  /** The similarity as a value between 0 and 1. */
  public double of(double similarity) {
    return 1 / (1 + Math.exp(-slope * (similarity - midpoint)));
  }
}
