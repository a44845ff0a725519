package dev.gatun.router.text;

/**
 * How many bytes make a token, learned from what providers counted.
 *
 * @param mean exponential mean of the observed bytes per token
 * @param conservative follows lower observations at once and higher ones slowly, so that it rather
 *     counts too many tokens than too few
 * @param samples observations so far
 */
public record TokenRatio(double mean, double conservative, long samples) {
  /** Nothing observed. */
  public static final TokenRatio NONE =
      new TokenRatio(
          TokenEstimate.UNCALIBRATED.bytesPerToken(),
          TokenEstimate.UNCALIBRATED.bytesPerToken(),
          0);

  /** Fewer observations than this are not acted upon. */
  private static final int SAMPLES_MIN = 10;

  private static final double DOWN = 0.90;
  private static final double UP = 1 - DOWN;

  /**
   * The same with one more observation.
   *
   * @param bytesPerToken above 0
   * @param decay what of the mean remains, 0 to 1
   */
  TokenRatio with(double bytesPerToken, double decay) {
    if (samples == 0) {
      return new TokenRatio(bytesPerToken, bytesPerToken, 1);
    }
    double step = bytesPerToken < conservative ? DOWN : UP;
    return new TokenRatio(
        decay * mean + (1 - decay) * bytesPerToken,
        conservative + step * (bytesPerToken - conservative),
        samples + 1);
  }

  public boolean isCalibrated() {
    return samples >= SAMPLES_MIN;
  }
}
