package dev.gatun.server.cli;

import java.util.function.Supplier;

/**
 * The last line of a terminal, drawn over while something goes on and gone afterwards; nothing when
 * nobody watches. For use by one thread.
 */
final class TerminalLine implements AutoCloseable {
  private static final long REDRAW_NANOS = 200_000_000L;
  private static final String CLEAR = "\r\u001b[K";

  private final Console console;
  private long drawn = System.nanoTime();
  private boolean isVisible;

  TerminalLine(Console console) {
    this.console = console;
  }

  /** Draws the line, unless it was drawn a moment ago. */
  void show(Supplier<String> text) {
    long now = System.nanoTime();
    if (console.terminal() && now - drawn >= REDRAW_NANOS) {
      drawn = now;
      isVisible = true;
      console.err().print(CLEAR + text.get());
      console.err().flush();
    }
  }

  /** Takes the line away, so that something else can be said. */
  void clear() {
    if (isVisible) {
      isVisible = false;
      console.err().print(CLEAR);
      console.err().flush();
    }
  }

  @Override
  public void close() {
    clear();
  }
}
