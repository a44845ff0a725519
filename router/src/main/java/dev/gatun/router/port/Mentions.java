package dev.gatun.router.port;

import dev.gatun.router.pii.Mention;
import java.util.List;

/**
 * What the core asks a finder of personal data. Implementations are safe for use by many threads,
 * answer the same text with the same mentions, and never throw.
 */
@FunctionalInterface
public interface Mentions {
  /** The mentions of a text. */
  Answer<Found> find(String text);

  /**
   * What was found in a text.
   *
   * @param mentions in the order of the text, none overlapping another
   * @param coverage tokens of the text that a model read
   */
  record Found(List<Mention> mentions, Coverage coverage) {
    public Found {
      mentions = List.copyOf(mentions);
    }
  }

  /** The same for one tenant; see {@link Encoders#forTenant}. */
  default Mentions forTenant(String tenant) {
    return this;
  }

  /** Whether there is something that can answer. */
  default boolean isThere() {
    return true;
  }

  /** No finder: every question is answered with a failure. */
  static Mentions none() {
    return new Mentions() {
      @Override
      public Answer<Found> find(String text) {
        return Answer.failed("no finder of personal data is loaded");
      }

      @Override
      public boolean isThere() {
        return false;
      }
    };
  }
}
