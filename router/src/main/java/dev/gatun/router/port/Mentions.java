package dev.gatun.router.port;

import dev.gatun.router.pii.Mention;
import java.util.List;

/**
 * What the core asks a finder of personal data. Implementations are safe for use by many threads,
 * answer the same text with the same mentions, and never throw.
 */
@FunctionalInterface
public interface Mentions {
  /** The mentions of a text in its order, none overlapping another. */
  Answer<List<Mention>> find(String text);

  /** Whether there is something that can answer. */
  default boolean isThere() {
    return true;
  }

  /** No finder: every question is answered with a failure. */
  static Mentions none() {
    return new Mentions() {
      @Override
      public Answer<List<Mention>> find(String text) {
        return Answer.failed("no finder of personal data is loaded");
      }

      @Override
      public boolean isThere() {
        return false;
      }
    };
  }
}
