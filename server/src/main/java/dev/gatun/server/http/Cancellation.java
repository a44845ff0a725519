package dev.gatun.server.http;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * Ends the work of one request thread from outside, by interrupting it: when the client has gone or
 * the whole-request deadline has passed. Made and closed by the request thread; after {@link
 * #close} the thread is never interrupted and its interrupt flag is clear.
 */
final class Cancellation implements AutoCloseable {
  /** Why the work ends. */
  enum Cause {
    CLIENT_GONE,
    DEADLINE
  }

  private final Thread thread = Thread.currentThread();
  private final ScheduledFuture<?> timer;
  private @Nullable Cause cause;
  private boolean closed;

  Cancellation(Deadlines deadlines, Duration limit) {
    timer = deadlines.after(limit, () -> cancel(Cause.DEADLINE));
  }

  synchronized void cancel(Cause why) {
    if (!closed && cause == null) {
      cause = why;
      thread.interrupt();
    }
  }

  synchronized Optional<Cause> cause() {
    return Optional.ofNullable(cause);
  }

  /**
   * Clears the interrupt flag that a cancellation has set, so that a reply can be written: a write
   * by an interrupted thread closes the socket.
   */
  void settle() {
    if (cause().isPresent()) {
      Thread.interrupted();
    }
  }

  @Override
  public void close() {
    timer.cancel(false);
    synchronized (this) {
      closed = true;
    }
    settle();
  }
}
