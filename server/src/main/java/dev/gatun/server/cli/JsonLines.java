package dev.gatun.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.classify.Row;
import dev.gatun.server.wire.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;

/** Rows in, rows out: every line of the input is worked on in parallel. */
final class JsonLines {
  private final Console console;
  private final String input;
  private int atOnce = RowQueue.IN_FLIGHT_MAX;

  /**
   * @param input path of a file, or {@code -} for standard input
   */
  JsonLines(Console console, String input) {
    this.console = console;
    this.input = input;
  }

  /** The same with at most so many rows worked on beside one another, 1 or more. */
  JsonLines atOnce(int rows) {
    atOnce = rows;
    return this;
  }

  /**
   * Answers every row.
   *
   * @param work called from several threads at once
   * @param write called in the order of the input, from this thread
   * @return the status of the command: {@link ExitStatus#FAILED} when a line could not be answered
   */
  int run(Function<Row, ObjectNode> work, Consumer<ObjectNode> write) {
    try (InputStream in = open();
        RowQueue rows =
            new RowQueue(console, input, atOnce, work, (_, answer) -> write.accept(answer))) {
      OptionalLong size = size();
      long read = 0;
      int number = 0;
      for (byte[] line = line(in); line.length > 0; line = line(in)) {
        int row = ++number;
        byte[] bytes = line;
        read += line.length;
        if (size.isPresent()) {
          rows.read((double) read / Math.max(read, size.getAsLong()));
        }
        if (!isBlank(bytes)) {
          rows.add(row, () -> parse(row, bytes));
        }
      }
      rows.drain();
      return rows.status();
    } catch (NoSuchFileException e) {
      throw new Failure(ExitStatus.FAILED, input + ": there is no such file", e);
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, input + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Bytes of the input; empty where only its end tells. */
  private OptionalLong size() throws IOException {
    return input.equals("-") ? OptionalLong.empty() : OptionalLong.of(Files.size(Path.of(input)));
  }

  private InputStream open() throws IOException {
    if (input.equals("-")) {
      return new BufferedInputStream(System.in);
    }
    Path path = Path.of(input);
    if (Files.isDirectory(path)) {
      throw new Failure(ExitStatus.FAILED, input + " is a folder: a file of JSON lines expected");
    }
    return new BufferedInputStream(Files.newInputStream(path));
  }

  /** The next line with its end, empty at the end of the input. */
  static byte[] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      line.write(b);
      if (b == '\n') {
        break;
      }
    }
    return line.toByteArray();
  }

  private static Row parse(int number, byte[] line) {
    try {
      if (Json.read(line) instanceof ObjectNode object) {
        return new Row(number, object);
      }
      throw new Row.Bad("not a JSON object");
    } catch (JsonProcessingException e) {
      throw new Row.Bad("not JSON: " + e.getOriginalMessage());
    }
  }

  static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return false;
      }
    }
    return true;
  }
}
