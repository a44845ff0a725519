package dev.gatun.server.http;

/**
 * Counts who uses something, and ends it when the last one has let go. Made with one user. Safe for
 * use by many threads.
 */
public final class Shared {
  private final Runnable end;
  private int users = 1;

  /**
   * Begins with one user.
   *
   * @param end runs once, on the thread that lets go last
   */
  public Shared(Runnable end) {
    this.end = end;
  }

  /** One more user; false when it has already ended. */
  public synchronized boolean hold() {
    if (users == 0) {
      return false;
    }
    users++;
    return true;
  }

  /** One user less; every hold is let go once. */
  public void release() {
    if (left() == 0) {
      end.run();
    }
  }

  private synchronized int left() {
    if (users == 0) {
      throw new IllegalStateException("released more often than held");
    }
    return --users;
  }
}
