package dev.gatun.server.cli;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Shows how far a transfer is: a line that is drawn over for who watches, one line per finished
 * file for a log.
 */
final class TransferLine implements AutoCloseable {
  private final Console console;
  private final TerminalLine line;
  private final long total;
  private final Map<String, Long> here = new HashMap<>();
  private final long started = System.nanoTime();
  private long fetched;

  /**
   * @param total bytes of all files
   */
  TransferLine(Console console, long total) {
    this.console = console;
    this.line = new TerminalLine(console);
    this.total = total;
  }

  /**
   * @param bytes of {@code file} that are here, of {@code size}
   */
  void at(String file, long bytes, long size) {
    Long before = here.put(file, bytes);
    if (before != null && bytes > before) {
      fetched += bytes - before;
    }
    if (!console.terminal()) {
      if (bytes == size && (before == null || before != size)) {
        console.say("  " + file + " is here (" + megabytes(size) + ")");
      }
      return;
    }
    line.show(() -> {
      long all = here.values().stream().mapToLong(Long::longValue).sum();
      double seconds = (System.nanoTime() - started) / 1e9;
      String speed = megabytes((long) (fetched / seconds));
      return file + "  " + megabytes(all) + " of " + megabytes(total) + ", " + speed + "/s";
    });
  }

  /** A number of bytes for people. */
  static String megabytes(long bytes) {
    return bytes < 100_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
  }

  @Override
  public void close() {
    line.close();
  }
}
