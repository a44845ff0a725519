package dev.gatun.router.port;

import java.util.Optional;

/**
 * What the core asks a detector of natural languages. Implementations are safe for use by many
 * threads, answer the same text with the same values, and never throw.
 */
@FunctionalInterface
public interface Languages {
  /**
   * How likely each language is: ISO 639-1 codes in lower case, likeliest first; none for a text
   * that holds no words of any language.
   */
  Answer<Distribution> detect(String text);

  /**
   * What can be said of a text at once, for who cannot wait for more; empty where that is nothing.
   */
  default Optional<Distribution> atOnce(String text) {
    return Optional.empty();
  }

  /** Whether there is something that can answer. */
  default boolean isThere() {
    return true;
  }

  /** No detector: every question is answered with a failure. */
  static Languages none() {
    return new Languages() {
      @Override
      public Answer<Distribution> detect(String text) {
        return Answer.failed("no language detector is loaded");
      }

      @Override
      public boolean isThere() {
        return false;
      }
    };
  }
}
