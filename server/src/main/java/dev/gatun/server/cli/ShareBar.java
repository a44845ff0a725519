package dev.gatun.server.cli;

import java.util.Locale;

/** A bar on the terminal that shows how much of some work is done. */
final class ShareBar implements AutoCloseable {
  private static final int CELLS = 30;

  private final TerminalLine line;
  private final String work;

  ShareBar(Console console, String work) {
    this.line = new TerminalLine(console);
    this.work = work;
  }

  /** So much is done, 0 to 1. */
  void show(double share) {
    line.show(() -> work + " " + bar(share));
  }

  /** A share of 0 to 1 as a bar and in percent. */
  static String bar(double share) {
    int full = (int) Math.round(share * CELLS);
    return String.format(
        Locale.ROOT, "[%s%s] %.0f %%", "#".repeat(full), " ".repeat(CELLS - full), share * 100);
  }

  @Override
  public void close() {
    line.close();
  }
}
