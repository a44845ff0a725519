package dev.gatun.server.cli;

import java.util.Locale;
import java.util.OptionalDouble;

/** A line on the terminal that counts answered rows, with a bar where their number is known. */
final class Progress implements AutoCloseable {
  private final TerminalLine line;
  private final long started = System.nanoTime();
  private long rows;

  Progress(Console console) {
    this.line = new TerminalLine(console);
  }

  /**
   * One more row is done.
   *
   * @param share of the input that was read so far, 0 to 1, where its size is known
   */
  void advance(OptionalDouble share) {
    rows++;
    line.show(() -> {
      double seconds = (System.nanoTime() - started) / 1e9;
      String counted =
          String.format(Locale.ROOT, "%,d rows, %.0f/s, %.1f s", rows, rows / seconds, seconds);
      return share.isEmpty() ? counted : ShareBar.bar(share.getAsDouble()) + "  " + counted;
    });
  }

  @Override
  public void close() {
    line.close();
  }
}
