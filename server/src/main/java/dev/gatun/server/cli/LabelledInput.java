package dev.gatun.server.cli;

import java.util.function.Function;
import picocli.CommandLine.Option;

/** Labelled texts in, one report out: what commands that learn or measure take. */
final class LabelledInput {
  @Option(
      names = "--input",
      paramLabel = "FILE",
      required = true,
      description = "JSON lines; - reads standard input.")
  private String file = "-";

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  /** Whether the report is JSON. */
  boolean json() {
    return json;
  }

  /** The rows; see {@link LabelledRows#read}. */
  <T> LabelledRows<T> read(Console console, Function<String, T> of, Class<T> type) {
    return LabelledRows.read(console, file, of, type);
  }

  /** As it was given; {@code -} is standard input. */
  String file() {
    return file;
  }
}
