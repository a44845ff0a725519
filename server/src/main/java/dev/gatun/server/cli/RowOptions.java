package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.classify.Row;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Rows in, rows out: what every command that works line by line takes. */
final class RowOptions {
  @Option(
      names = "--input",
      paramLabel = "FILE",
      required = true,
      description = "JSON lines; - reads standard input.")
  private String input = "-";

  @Option(names = "--json", description = "JSON lines out (the only format).")
  void json(boolean ignored) {}

  /** Answers every row of the input on the console; returns the status of the command. */
  int answer(Console console, Function<Row, ObjectNode> work) {
    return new JsonLines(console, input).run(work, console::json);
  }
}
