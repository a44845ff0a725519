package dev.gatun.server.external;

import dev.gatun.server.external.CutLines.Line;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/** Copies what a process writes on its standard error to the log, as far as that is bearable. */
final class ErrorOutput {
  /** Of a line so much is kept. */
  private static final int LINE_BYTES = 300;

  /** In each span so many lines are kept. */
  private static final int LINES = 20;

  private static final long SPAN_NANOS = Duration.ofMinutes(1).toNanos();
  private static final Logger LOG = System.getLogger(ErrorOutput.class.getName());

  private final String who;
  private long spanStart = System.nanoTime();
  private int lines;

  ErrorOutput(String who) {
    this.who = who;
  }

  /** Reads until the process closes its end. */
  void copy(InputStream stream) {
    CutLines errors = new CutLines(stream, LINE_BYTES);
    try {
      Optional<Line> line = errors.next();
      while (line.isPresent()) {
        said(line.get().text());
        line = errors.next();
      }
    } catch (IOException e) {
      // The process is gone; whoever reads its standard output says so.
      LOG.log(Level.DEBUG, "mcp_stderr_closed server={0}", who);
    }
  }

  private void said(String line) {
    long now = System.nanoTime();
    if (now - spanStart > SPAN_NANOS) {
      spanStart = now;
      lines = 0;
    }
    lines++;
    if (lines <= LINES) {
      LOG.log(Level.INFO, "mcp_stderr server=" + who + " line=" + printable(line));
    } else if (lines == LINES + 1) {
      LOG.log(Level.INFO, "mcp_stderr server=" + who + " says more, which is left out for a while");
    }
  }

  /** A line must not write other lines into the log, nor control a terminal. */
  private static String printable(String line) {
    StringBuilder shown = new StringBuilder(line.length());
    line.codePoints().map(c -> Character.isISOControl(c) ? ' ' : c).forEach(shown::appendCodePoint);
    return shown.toString().strip();
  }
}
