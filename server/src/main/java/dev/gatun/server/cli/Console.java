package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.wire.Json;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command writes: results to standard output, messages and progress to standard error, both
 * UTF-8 whatever the locale.
 *
 * @param terminal whether a person watches standard error, so that progress may be drawn
 */
record Console(PrintStream out, PrintStream err, boolean terminal) {
  private static final int BUFFER_BYTES = 1 << 16;

  /** The process's own streams; the launcher says whether standard error is a terminal. */
  static Console system() {
    return new Console(
        new PrintStream(
            new java.io.BufferedOutputStream(
                new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
            false,
            StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        Boolean.getBoolean("gatun.terminal"));
  }

  /** One JSON value on a line of its own. */
  void json(JsonNode value) {
    out.writeBytes(Json.bytes(value));
    out.write('\n');
  }

  /** A line of the result. */
  void line(String text) {
    out.println(text);
  }

  /** A message to the user, marked as ours. */
  void say(String message) {
    err.println("gatun: " + message);
  }

  /** Makes everything visible; fails when the reader has gone or the disk is full. */
  void flush() {
    if (out.checkError()) {
      throw new Failure(ExitStatus.FAILED, "standard output cannot be written");
    }
  }
}
