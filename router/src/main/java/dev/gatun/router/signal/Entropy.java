package dev.gatun.router.signal;

import java.util.List;

/**
 * How undecided a distribution is.
 *
 * @param bits Shannon entropy −Σ p·log₂ p
 * @param normalized entropy divided by its maximum log₂ n; 0 to 1, and 0 for fewer than two labels
 */
public record Entropy(double bits, double normalized, Level level) {
  /** Bands of normalised entropy, each from its lower bound up to the next. */
  public enum Level {
    VERY_LOW(0.0),
    LOW(0.2),
    MEDIUM(0.4),
    HIGH(0.6),
    VERY_HIGH(0.8);

    private final double from;

    Level(double from) {
      this.from = from;
    }

    static Level of(double normalized) {
      Level found = VERY_LOW;
      for (Level level : values()) {
        found = normalized >= level.from ? level : found;
      }
      return found;
    }
  }

  /** Measures a distribution; labels with probability 0 add nothing. */
  public static Entropy of(List<Double> probabilities) {
    double bits = 0;
    for (double p : probabilities) {
      if (p > 0) {
        bits -= p * Math.log(p) / Math.log(2);
      }
    }
    int labels = probabilities.size();
    double normalized = labels < 2 ? 0 : bits / (Math.log(labels) / Math.log(2));
    return new Entropy(bits, normalized, Level.of(normalized));
  }

  /** Whether the top label alone should be trusted. */
  public boolean isDecided() {
    return level == Level.VERY_LOW || level == Level.LOW;
  }
}
