package dev.gatun.router.text;

import java.util.HashMap;
import java.util.Map;

/**
 * Bytes per token of each model, and of all together, as far as providers have told. Immutable:
 * whoever learns keeps the latest one.
 *
 * @param ratios by category; at most {@value #CATEGORIES_MAX} besides the default
 * @param decay what of a mean remains after an observation, 0 to 1
 * @param use which of the learned ratios estimates are made from
 */
public record TokenCalibration(Map<String, TokenRatio> ratios, double decay, Use use) {
  /** What is learned from every observation. */
  public static final String DEFAULT = "_default";

  private static final int CATEGORIES_MAX = 256;
  private static final double DECAY = 0.995;

  /** Which ratio counts. */
  public enum Use {
    MEAN,
    CONSERVATIVE
  }

  public TokenCalibration {
    if (!(decay >= 0 && decay <= 1)) {
      throw new IllegalArgumentException("decay must be 0 to 1, got " + decay);
    }
    ratios = Map.copyOf(ratios);
  }

  /** Nothing observed yet; estimates will rather be too high than too low. */
  public static TokenCalibration none() {
    return new TokenCalibration(Map.of(), DECAY, Use.CONSERVATIVE);
  }

  /**
   * The same with one more observation. Without bytes or tokens there is nothing to learn, and when
   * there are too many categories a new one counts as the default.
   *
   * @param category whom it holds for; the empty one is the default
   * @param bytes of UTF-8 that were sent
   * @param tokens that the provider counted in them
   */
  public TokenCalibration observed(String category, long bytes, long tokens) {
    if (bytes <= 0 || tokens <= 0) {
      return this;
    }
    String name = category.isEmpty() ? DEFAULT : category;
    boolean isFull = ratios.size() >= CATEGORIES_MAX && !ratios.containsKey(name);
    String learner = isFull ? DEFAULT : name;
    Map<String, TokenRatio> next = new HashMap<>(ratios);
    next.put(learner, ratio(learner).with((double) bytes / tokens, decay));
    return new TokenCalibration(next, decay, use);
  }

  /** What was learned for a category. */
  public TokenRatio ratio(String category) {
    return ratios.getOrDefault(category, TokenRatio.NONE);
  }

  /** How to count for a category: as learned for it, else for all, else as before calibration. */
  public TokenEstimate estimate(String category) {
    TokenRatio own = ratio(category);
    TokenRatio ratio = own.isCalibrated() ? own : ratio(DEFAULT);
    if (!ratio.isCalibrated()) {
      return TokenEstimate.UNCALIBRATED;
    }
    return switch (use) {
      case MEAN -> new TokenEstimate(ratio.mean());
      case CONSERVATIVE -> new TokenEstimate(ratio.conservative());
    };
  }
}
