package dev.gatun.router.port;

/** Nanoseconds since some fixed moment, for measuring how long a stage took. */
@FunctionalInterface
public interface Ticker {
  long nanos();

  /** A clock that stands still: every duration is 0. */
  static Ticker stopped() {
    return () -> 0L;
  }
}
