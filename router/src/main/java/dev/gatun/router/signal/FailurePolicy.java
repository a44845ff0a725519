package dev.gatun.router.signal;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How long a family of signals may take, and what becomes of a request when it fails or takes
 * longer.
 *
 * @param deadline from the beginning of the evaluation; more than 0
 */
public record FailurePolicy(Duration deadline, OnFailure onFailure) {
  /** Long enough for long texts on a slow machine; a family that takes longer is stuck. */
  public static final Duration DEADLINE = Duration.ofSeconds(10);

  public FailurePolicy {
    if (deadline.isZero() || deadline.isNegative()) {
      throw new IllegalArgumentException("a deadline must be more than 0, got " + deadline);
    }
  }

  public static FailurePolicy byDefault() {
    return new FailurePolicy(DEADLINE, OnFailure.DEFAULT);
  }

  /** The same for a family that nobody needs: its failure changes nothing. */
  FailurePolicy open() {
    return new FailurePolicy(deadline, OnFailure.OPEN);
  }

  /** How much longer than its model a family waits, so that the model is heard on why it fails. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  /**
   * The same with time for a model of another process.
   *
   * @param timeout of its answers
   */
  public FailurePolicy forModel(Duration timeout) {
    Duration longest = timeout.plus(GRACE);
    return longest.compareTo(deadline) > 0 ? new FailurePolicy(longest, onFailure) : this;
  }

  /** Families that ask models and therefore can fail. */
  public static List<Family> families() {
    return Arrays.stream(Family.values()).filter(Family::asksModels).toList();
  }

  /**
   * Those of all families.
   *
   * @param usual of families that have none of their own
   */
  public record Policies(FailurePolicy usual, Map<Family, FailurePolicy> own) {
    public Policies {
      own = own.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(own));
    }

    public static Policies byDefault() {
      return new Policies(FailurePolicy.byDefault(), Map.of());
    }

    public FailurePolicy of(Family family) {
      return own.getOrDefault(family, usual);
    }
  }
}
