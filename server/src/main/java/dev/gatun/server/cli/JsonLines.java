package dev.gatun.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.tokenize.TokenizerException;
import dev.gatun.server.classify.Row;
import dev.gatun.server.wire.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Rows in, rows out: every line of the input is worked on in parallel, and the answers come in the
 * order of the input. A bad line is named on standard error and costs no other line anything.
 */
final class JsonLines {
  /** Rows in flight: enough to keep every lane busy, few enough to answer early. */
  private static final int IN_FLIGHT_MAX = 32;

  private final Console console;
  private final String input;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private int rows;
  private int bad;

  /**
   * @param input path of a file, or {@code -} for standard input
   */
  JsonLines(Console console, String input) {
    this.console = console;
    this.input = input;
  }

  private record Pending(int line, Future<ObjectNode> answer) {}

  /**
   * Answers every row.
   *
   * @param work called from several threads at once
   * @param write called in the order of the input, from this thread
   * @return the status of the command: {@link ExitStatus#FAILED} when a line could not be answered
   */
  int run(Function<Row, ObjectNode> work, Consumer<ObjectNode> write) {
    try (InputStream in = open();
        ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("row-", 0).factory());
        Progress progress = new Progress(console)) {
      int number = 0;
      for (byte[] line = line(in); line.length > 0; line = line(in)) {
        int row = ++number;
        byte[] bytes = line;
        if (!isBlank(bytes)) {
          rows++;
          pending.add(new Pending(row, threads.submit(() -> work.apply(parse(row, bytes)))));
        }
        drain(IN_FLIGHT_MAX, write, progress);
      }
      drain(0, write, progress);
    } catch (NoSuchFileException e) {
      throw new Failure(ExitStatus.FAILED, input + ": there is no such file", e);
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, input + " cannot be read: " + e.getMessage(), e);
    }
    console.flush();
    if (bad > 0) {
      console.say(bad + " of " + rows + " lines could not be answered");
    }
    return bad == 0 ? ExitStatus.OK : ExitStatus.FAILED;
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
  private static byte[] line(InputStream in) throws IOException {
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

  /** Writes answers until at most {@code left} rows are in flight. */
  private void drain(int left, Consumer<ObjectNode> write, Progress progress) {
    while (pending.size() > left) {
      Pending next = pending.remove();
      try {
        write.accept(next.answer().get());
      } catch (ExecutionException e) {
        bad++;
        console.say(input + ":" + next.line() + ": " + reason(e));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure(ExitStatus.FAILED, "interrupted", e);
      }
      progress.advance();
    }
  }

  /** What was wrong with one line; anything that is not about the line ends the command. */
  private static String reason(ExecutionException failed) {
    Throwable cause = failed.getCause();
    return switch (cause) {
      case null -> throw new IllegalStateException(failed);
      case Row.Bad e -> String.valueOf(e.getMessage());
      case TokenizerException e -> String.valueOf(e.getMessage());
      case InferenceException e -> String.valueOf(e.getMessage());
      case IllegalArgumentException e -> String.valueOf(e.getMessage());
      case RuntimeException e -> throw e;
      default -> throw new IllegalStateException(cause);
    };
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return false;
      }
    }
    return true;
  }
}
