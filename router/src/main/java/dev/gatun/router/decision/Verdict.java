package dev.gatun.router.decision;

import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import java.util.List;
import java.util.Optional;

/**
 * Which decision holds for a request.
 *
 * @param matching all that match, best first
 * @param winner the first of them, and why
 */
public record Verdict(List<Match> matching, Optional<Winner> winner) {
  public Verdict {
    matching = List.copyOf(matching);
  }

  /** Nothing matched. */
  public static Verdict none() {
    return new Verdict(List.of(), Optional.empty());
  }

  /**
   * A decision that matched.
   *
   * @param confidence of its rule tree
   */
  public record Match(Decision decision, double confidence) {}

  /**
   * The decision that won.
   *
   * @param confidence of its rule tree
   * @param signals leaves that made it match, in order
   * @param decidedBy what put it before the next best
   */
  public record Winner(
      Decision decision, double confidence, List<SignalKey> signals, DecidedBy decidedBy) {
    public Winner {
      signals = List.copyOf(signals);
    }

    /** The first subject among the leaves that made it match. */
    public Optional<String> category() {
      return signals.stream()
          .filter(key -> key.family() == Family.DOMAIN)
          .map(SignalKey::name)
          .findFirst();
    }
  }

  /** The field in which the winner was better than the next best. */
  public enum DecidedBy {
    /** Nothing else matched. */
    ONLY_MATCH,
    TIER,
    PRIORITY,
    CONFIDENCE,
    NAME
  }
}
