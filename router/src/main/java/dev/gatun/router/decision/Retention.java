package dev.gatun.router.decision;

import java.util.OptionalInt;

/**
 * What should be kept of a turn that a decision answered.
 *
 * @param drop whether the answer must not be cached
 * @param ttlTurns for how many turns it is kept, 0 or more
 * @param keepCurrentModel whether the next turn should stay with this model
 * @param preferPrefixRetention whether the next turn values a warm prefix more
 */
public record Retention(
    boolean drop, OptionalInt ttlTurns, boolean keepCurrentModel, boolean preferPrefixRetention) {
  public Retention {
    if (ttlTurns.orElse(0) < 0) {
      throw new IllegalArgumentException("cannot keep a turn for " + ttlTurns.getAsInt());
    }
    if (drop && ttlTurns.orElse(0) > 0) {
      throw new IllegalArgumentException("what is dropped cannot be kept for turns");
    }
  }
}
