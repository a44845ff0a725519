package dev.gatun.server.cli;

import java.util.Locale;

/** A line on the terminal that shows how much of some work is done; nothing when nobody watches. */
final class ShareBar implements AutoCloseable {
  private static final long REDRAW_NANOS = 200_000_000L;
  private static final int CELLS = 30;

  private final Console console;
  private final String work;
  private long drawn;
  private boolean visible;

  ShareBar(Console console, String work) {
    this.console = console;
    this.work = work;
    this.drawn = System.nanoTime();
  }

  /** So much is done, 0 to 1. */
  void show(double share) {
    long now = System.nanoTime();
    if (!console.terminal() || now - drawn < REDRAW_NANOS) {
      return;
    }
    drawn = now;
    visible = true;
    int full = (int) Math.round(share * CELLS);
    console
        .err()
        .printf(
            Locale.ROOT,
            "\r\u001b[K%s [%s%s] %.0f %%",
            work,
            "#".repeat(full),
            " ".repeat(CELLS - full),
            share * 100);
    console.err().flush();
  }

  @Override
  public void close() {
    if (visible) {
      console.err().print("\r\u001b[K");
      console.err().flush();
    }
  }
}
