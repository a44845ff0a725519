package dev.gatun.router.signal;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.text.Compressed;
import dev.gatun.router.text.CompressionProfile;
import dev.gatun.router.text.CompressionWeights;
import dev.gatun.router.text.Compressor;
import dev.gatun.router.text.TokenEstimate;
import java.util.Optional;
import java.util.Set;

/**
 * When and how long texts are shortened before signals read them. The request itself is never
 * shortened.
 *
 * @param tokensMax the budget; nothing is shortened when it is 0 or less
 * @param bytesMin a text of at most so many bytes of UTF-8 is left alone; 0 for none
 * @param unshortened families that read the original text
 */
public record CompressionSettings(
    boolean enabled,
    long tokensMax,
    long bytesMin,
    CompressionWeights weights,
    Set<Family> unshortened) {
  /** Families that a shortened text could hide something from. */
  public static final Set<Family> SAFETY = Set.of(Family.JAILBREAK, Family.PII);

  public CompressionSettings {
    unshortened = Set.copyOf(unshortened);
  }

  public static CompressionSettings off() {
    return new CompressionSettings(false, 0, 0, CompressionProfile.DEFAULT.weights(), SAFETY);
  }

  /** The shortened text, when it has to be and can be shortened. */
  Optional<Compressed> compress(String text, TokenEstimate estimate, Compatibility compatibility) {
    if (!enabled || TokenEstimate.bytes(text) <= bytesMin) {
      return Optional.empty();
    }
    return new Compressor(weights, tokensMax, compatibility)
        .compress(text, estimate)
        // In upstream-0.3 possibly no sentence fits; a signal that reads nothing is no help.
        .filter(compressed -> !compressed.text().isEmpty());
  }
}
