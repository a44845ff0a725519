package dev.gatun.router.signal;

import java.util.Optional;

/** Within which bounds a number must lie; without any, every number does. */
public record Predicate(Optional<Bound> lower, Optional<Bound> upper) {
  private static final double INFINITE = Double.POSITIVE_INFINITY;

  /**
   * One end of a range.
   *
   * @param inclusive whether the number itself belongs to the range
   */
  public record Bound(double value, boolean inclusive) {}

  public static Predicate atLeast(double value) {
    return new Predicate(Optional.of(new Bound(value, true)), Optional.empty());
  }

  public static Predicate any() {
    return new Predicate(Optional.empty(), Optional.empty());
  }

  public boolean isUnbounded() {
    return lower.isEmpty() && upper.isEmpty();
  }

  /** Whether no number at all is within. */
  public boolean isEmpty() {
    if (lower.isEmpty() || upper.isEmpty()) {
      return false;
    }
    double low = lower.get().value();
    double high = upper.get().value();
    return low > high || (low == high && !(lower.get().inclusive() && upper.get().inclusive()));
  }

  /** Whether no number is within both. */
  public boolean isApartFrom(Predicate other) {
    return new Predicate(lower, other.upper).isEmpty()
        || new Predicate(other.lower, upper).isEmpty()
        || isEmpty()
        || other.isEmpty();
  }

  public boolean holds(double value) {
    boolean above =
        lower.isEmpty()
            || value > lower.get().value()
            || (lower.get().inclusive() && value == lower.get().value());
    boolean below =
        upper.isEmpty()
            || value < upper.get().value()
            || (upper.get().inclusive() && value == upper.get().value());
    return above && below;
  }

  /** How far a number is from the nearest bound, on either side; infinite when there is none. */
  public double nearest(double value) {
    double low = lower.isPresent() ? Math.abs(value - lower.get().value()) : INFINITE;
    double high = upper.isPresent() ? Math.abs(value - upper.get().value()) : INFINITE;
    return Math.min(low, high);
  }

  /** How far a number is from the lower bound, or from the upper one when there is no lower. */
  public double distance(double value) {
    return lower.or(() -> upper).map(bound -> Math.abs(value - bound.value())).orElse(0.0);
  }
}
