package dev.gatun.router.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Weights for kinds of traffic. */
public enum CompressionProfile {
  DEFAULT,
  CODING,
  MEDICAL,
  SECURITY,
  MULTI_TURN;

  public CompressionWeights weights() {
    return switch (this) {
      case DEFAULT -> new CompressionWeights(0.20, 0.40, 0.35, 0.05, 0.50, 3, 2);
      case CODING -> new CompressionWeights(0.15, 0.30, 0.40, 0.15, 0.60, 2, 4);
      case MEDICAL -> new CompressionWeights(0.20, 0.35, 0.30, 0.15, 0.50, 3, 2);
      case SECURITY -> new CompressionWeights(0.15, 0.30, 0.25, 0.30, 0.60, 2, 3);
      case MULTI_TURN -> new CompressionWeights(0.15, 0.25, 0.35, 0.10, 0.50, 2, 5);
    };
  }

  /** As a configuration writes it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Finds a profile by its word, in any case, a hyphen as good as an underscore. */
  public static Optional<CompressionProfile> ofWord(String written) {
    String word = written.strip().toLowerCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(values()).filter(profile -> profile.word().equals(word)).findFirst();
  }

  public static List<String> words() {
    return Arrays.stream(values()).map(CompressionProfile::word).toList();
  }
}
