package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.classify.Row;
import dev.gatun.server.exchange.AnswerColumn;
import dev.gatun.server.exchange.AnswerTable;
import dev.gatun.server.exchange.ExchangeException;
import dev.gatun.server.exchange.Table;
import dev.gatun.server.exchange.TableFormat;
import dev.gatun.server.wire.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Rows of a table in, answers out: JSON lines, Apache Arrow or Parquet. */
final class TableOptions {
  private static final String STANDARD = "-";

  @Option(
      names = "--input",
      paramLabel = "FILE",
      required = true,
      description =
          "JSON lines, Arrow or Parquet; - reads JSON lines or Arrow from standard input.")
  private String input = STANDARD;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = {
        "Of the input: ${COMPLETION-CANDIDATES} (default: by its ending, .arrow, .arrows,",
        ".feather, .parquet, else jsonl)."
      })
  private Optional<Format> format = Optional.empty();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = {
        "Write all columns of the input and the answers to a file, by its ending: .parquet, .arrow",
        "or .feather (an Arrow file), .arrows (an Arrow stream); or just the answers: .jsonl."
      })
  private Optional<Path> output = Optional.empty();

  @Option(names = "--json", description = "JSON lines out (the only format of standard output).")
  void json(boolean ignored) {}

  /** The words of the option. */
  private enum Format {
    jsonl,
    arrow,
    parquet
  }

  /**
   * Answers every row of the input; returns the status of the command.
   *
   * @param columns that a table of the answers has
   */
  int answer(Console console, Set<AnswerColumn> columns, Function<Row, ObjectNode> work) {
    TableFormat to = output.map(TableOptions::outputFormat).orElse(TableFormat.JSONL);
    try {
      if (to == TableFormat.JSONL) {
        return output.isPresent()
            ? toLines(console, work, output.orElseThrow())
            : answerLines(console, work, console::json);
      }
      return toTable(console, work, output.orElseThrow(), to, columns);
    } catch (ExchangeException e) {
      throw new Failure(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    } catch (NoSuchFileException e) {
      throw new Failure(ExitStatus.FAILED, e.getFile() + ": there is no such file", e);
    } catch (IOException | UncheckedIOException e) {
      throw new Failure(ExitStatus.FAILED, input + " cannot be answered: " + e.getMessage(), e);
    }
  }

  private static TableFormat outputFormat(Path file) {
    return TableFormat.ofFile(file.toString())
        .orElseThrow(() ->
            new Failure(
                ExitStatus.USAGE,
                "--output "
                    + file
                    + ": an ending .jsonl, .arrow, .arrows, .feather or .parquet"
                    + " expected"));
  }

  private TableFormat inputFormat() {
    return format
        .map(word ->
            switch (word) {
              case jsonl -> TableFormat.JSONL;
              case arrow -> TableFormat.ARROW_STREAM;
              case parquet -> TableFormat.PARQUET;
            })
        .or(() -> TableFormat.ofFile(input))
        .orElse(TableFormat.JSONL);
  }

  private int answerLines(
      Console console, Function<Row, ObjectNode> work, Consumer<ObjectNode> write)
      throws IOException {
    if (inputFormat() == TableFormat.JSONL) {
      return new JsonLines(console, input).run(work, write);
    }
    try (Table table = open();
        RowQueue rows = new RowQueue(console, input, work, (_, answer) -> write.accept(answer))) {
      int number = 0;
      while (table.next()) {
        number = addBatch(table, rows, number);
      }
      return rows.status();
    }
  }

  /** Adds the rows of a batch and waits for their answers: the next batch takes its place. */
  private static int addBatch(Table table, RowQueue rows, int before) {
    int number = before;
    for (int i = 0; i < table.rows(); i++) {
      number++;
      Row row;
      try {
        row = new Row(number, table.row(i));
      } catch (IllegalArgumentException e) {
        rows.add(
            number,
            () -> {
              throw e;
            });
        continue;
      }
      rows.add(number, () -> row);
    }
    rows.drain();
    return number;
  }

  private int toLines(Console console, Function<Row, ObjectNode> work, Path file)
      throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      return answerLines(
          console,
          work,
          answer -> {
            try {
              out.write(Json.bytes(answer));
              out.write('\n');
            } catch (IOException e) {
              throw new UncheckedIOException(file + " cannot be written", e);
            }
          });
    }
  }

  private int toTable(
      Console console,
      Function<Row, ObjectNode> work,
      Path file,
      TableFormat form,
      Set<AnswerColumn> columns)
      throws IOException {
    try (Table table = open();
        AnswerTable answers = table.answers(file, form, columns)) {
      answers
          .renamed()
          .forEach(name ->
              console.say("the input has a column of that name, so answers are in " + name));
      int[] first = {0};
      try (RowQueue rows =
          new RowQueue(
              console,
              input,
              work,
              (number, answer) -> answers.put(number - first[0] - 1, answer))) {
        while (table.next()) {
          int last = addBatch(table, rows, first[0]);
          answers.endBatch();
          first[0] = last;
        }
        answers.finish();
        return rows.status();
      }
    }
  }

  private Table open() throws IOException {
    TableFormat from = inputFormat();
    if (!input.equals(STANDARD)) {
      return Table.open(Path.of(input), from);
    }
    if (from == TableFormat.ARROW_STREAM) {
      return Table.stream("standard input", System.in);
    }
    throw new Failure(
        ExitStatus.USAGE,
        from == TableFormat.PARQUET
            ? "--input -: Parquet is read from its end, so it needs a file"
            : "--input -: the columns of JSON lines show when all are read, so --output needs a"
                + " file, or ends in .jsonl");
  }
}
