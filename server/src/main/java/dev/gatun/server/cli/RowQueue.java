package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.tokenize.TokenizerException;
import dev.gatun.server.classify.Row;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Rows that are worked on in parallel and answered in their order. A bad row is named on standard
 * error and costs no other row anything. For use by one thread.
 */
final class RowQueue implements AutoCloseable {
  /** Rows in flight: enough to keep every lane busy, few enough to answer early. */
  static final int IN_FLIGHT_MAX = 32;

  private final Console console;
  private final String input;
  private final Function<Row, ObjectNode> work;
  private final int atOnce;
  private final Sink sink;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("row-", 0).factory());
  private final Progress progress;
  private OptionalDouble share = OptionalDouble.empty();
  private int rows;
  private int bad;

  /**
   * @param input its name in messages
   * @param atOnce most rows in flight
   * @param work called from several threads at once
   * @param sink called in the order of the rows, from the thread that adds them
   */
  RowQueue(Console console, String input, int atOnce, Function<Row, ObjectNode> work, Sink sink) {
    this.atOnce = atOnce;
    this.console = console;
    this.input = input;
    this.work = work;
    this.sink = sink;
    this.progress = new Progress(console);
  }

  /** The same with as many rows in flight as keep every lane busy. */
  RowQueue(Console console, String input, Function<Row, ObjectNode> work, Sink sink) {
    this(console, input, IN_FLIGHT_MAX, work, sink);
  }

  /** Takes answers. */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes the next one.
     *
     * @param number of the row that is answered
     */
    void take(int number, ObjectNode answer);
  }

  private record Pending(int number, Future<ObjectNode> answer) {}

  /**
   * Adds a row; may wait for earlier ones.
   *
   * @param number of the row in the input, from 1
   * @param row called by another thread
   */
  void add(int number, Callable<Row> row) {
    rows++;
    drain(atOnce - 1);
    pending.add(new Pending(number, threads.submit(() -> work.apply(row.call()))));
  }

  /** Says how much of the input was read, 0 to 1, for who watches. */
  void read(double read) {
    share = OptionalDouble.of(read);
  }

  /** Waits until every row that was added is answered. */
  void drain() {
    drain(0);
  }

  private void drain(int left) {
    while (pending.size() > left) {
      Pending next = pending.remove();
      try {
        sink.take(next.number(), next.answer().get());
      } catch (ExecutionException e) {
        bad++;
        console.say(input + ":" + next.number() + ": " + reason(e));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure(ExitStatus.FAILED, "interrupted", e);
      }
      progress.advance(share);
    }
  }

  /** What was wrong with one row; anything that is not about the row ends the command. */
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

  /** The status of the command when every row is answered: failed when one could not be. */
  int status() {
    console.flush();
    if (bad > 0) {
      console.say(bad + " of " + rows + " lines could not be answered");
    }
    return bad == 0 ? ExitStatus.OK : ExitStatus.FAILED;
  }

  @Override
  public void close() {
    progress.close();
    threads.close();
  }
}
