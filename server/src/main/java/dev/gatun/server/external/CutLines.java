package dev.gatun.server.external;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Lines of a stream, of which none takes more memory than allowed. For use by one thread. */
final class CutLines {
  private final InputStream in;
  private final int bytesMax;
  private boolean isWithin;

  CutLines(InputStream in, int bytesMax) {
    this.in = new BufferedInputStream(in);
    this.bytesMax = bytesMax;
  }

  /**
   * A line without its end.
   *
   * @param isWhole whether it was not too long; otherwise this is how it begins
   */
  record Line(String text, boolean isWhole) {}

  /** The next line; empty at the end of the stream. */
  Optional<Line> next() throws IOException {
    if (isWithin) {
      skip();
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next >= 0 && next != '\n' && line.size() < bytesMax) {
      line.write(next);
      next = in.read();
    }
    isWithin = next >= 0 && next != '\n';
    return next < 0 && line.size() == 0
        ? Optional.empty()
        : Optional.of(new Line(line.toString(StandardCharsets.UTF_8), !isWithin));
  }

  private void skip() throws IOException {
    int next = in.read();
    while (next >= 0 && next != '\n') {
      next = in.read();
    }
  }
}
