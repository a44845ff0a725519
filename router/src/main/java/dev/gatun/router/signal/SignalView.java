package dev.gatun.router.signal;

/** What the signals say, as rules read it. None of its methods allocates anything. */
public interface SignalView {
  /**
   * Confidence by number of the {@link SignalTable}; NaN when the signal does not hold.
   *
   * @param slot 0 or more
   */
  double at(int slot);

  /** A raw value; NaN when none was recorded. */
  double value(SignalKey key);

  /** Whether a family was asked and could not answer. */
  boolean isDegraded(Family family);
}
