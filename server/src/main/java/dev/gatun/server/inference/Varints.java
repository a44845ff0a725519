package dev.gatun.server.inference;

import java.io.IOException;
import java.io.InputStream;

/** Whole numbers in groups of seven bits, the lowest first; not safe for many threads. */
final class Varints {
  private final InputStream in;

  Varints(InputStream in) {
    this.in = in;
  }

  /**
   * The next number; -1 at the end.
   *
   * @throws IOException when it does not fit into 31 bits
   */
  int next() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int b = in.read();
      if (b < 0) {
        return -1;
      }
      value |= (long) (b & 127) << shift;
      if (b < 128) {
        return checked(value);
      }
    }
    throw new IOException("a number of more than 35 bits");
  }

  private static int checked(long value) throws IOException {
    if (value > Integer.MAX_VALUE) {
      throw new IOException("a number of more than 31 bits");
    }
    return (int) value;
  }
}
