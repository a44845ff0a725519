package dev.gatun.server.cli;

import java.util.Locale;

/** A line on the terminal that counts answered rows; nothing when nobody watches. */
final class Progress implements AutoCloseable {
  private static final long REDRAW_NANOS = 200_000_000L;

  private final Console console;
  private final long started = System.nanoTime();
  private long drawn = started;
  private long rows;

  Progress(Console console) {
    this.console = console;
  }

  /** One more row is done. */
  void advance() {
    rows++;
    long now = System.nanoTime();
    if (console.terminal() && now - drawn >= REDRAW_NANOS) {
      drawn = now;
      double seconds = (now - started) / 1e9;
      console
          .err()
          .printf(Locale.ROOT, "\r\u001b[K%,d rows, %.0f/s, %.1f s", rows, rows / seconds, seconds);
      console.err().flush();
    }
  }

  @Override
  public void close() {
    if (drawn != started) {
      console.err().print("\r\u001b[K");
      console.err().flush();
    }
  }
}
