package dev.gatun.server.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * Answers as columns beside those they answer. Which of label, scores, spans and ranking there are
 * shows with the answers of the first batch. A row that was not answered has no value in them. The
 * file has its name when it is whole; until then it is {@code NAME.partial}.
 */
public final class AnswerTable implements AutoCloseable {
  private static final String PREFIX = "predicted_";

  private final Batches batches;
  private final Path output;
  private final Path partial;
  private final TableFormat format;
  private final Map<String, FieldVector> answers = new LinkedHashMap<>();
  private final Set<String> answered = new TreeSet<>();
  private final OutputStream out;
  private @Nullable TableWriter writer;

  AnswerTable(BufferAllocator allocator, Batches batches, Path output, TableFormat format)
      throws IOException {
    this.batches = batches;
    this.output = output;
    this.partial = output.resolveSibling(output.getFileName() + ".partial");
    this.format = format;
    this.out = new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16);
    List<String> taken = batches.columns().stream().map(FieldVector::getName).toList();
    for (Field field : fields()) {
      String name = field.getName();
      String free = taken.contains(name) ? PREFIX + name : name;
      Field named = new Field(free, field.getFieldType(), field.getChildren());
      answers.put(name, named.createVector(allocator));
    }
  }

  private static List<Field> fields() {
    return List.of(
        Columns.text("label"),
        Columns.scores("scores"),
        Columns.scores("raw"),
        Columns.list(
            "spans",
            Columns.struct(
                "element",
                List.of(
                    Columns.integer("start", 32),
                    Columns.integer("end", 32),
                    Columns.integer("start_cp", 32),
                    Columns.integer("end_cp", 32),
                    Columns.text("type"),
                    Columns.real("score")))),
        Columns.list("ranking", Columns.text("element")));
  }

  /**
   * Keeps the answer to a row of the batch.
   *
   * @param answer its members label, scores, spans and ranking count
   */
  public void put(int index, ObjectNode answer) {
    answers.forEach((name, column) -> {
      if (answer.hasNonNull(name)) {
        answered.add(name);
        Cells.set(column, index, value(answer.get(name)));
      }
    });
  }

  private static @Nullable Object value(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> node.numberValue();
      case ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        node.forEach(element -> list.add(value(element)));
        yield list;
      }
      case OBJECT -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        node.properties().forEach(member -> members.put(member.getKey(), value(member.getValue())));
        yield members;
      }
      case NULL, MISSING, BINARY, POJO -> null;
    };
  }

  /** Writes the batch; afterwards the table that is read may go on. */
  public void endBatch() throws IOException {
    for (FieldVector column : answers.values()) {
      column.setValueCount(batches.rows());
    }
    writer().write(batches.rows());
    answers.values().forEach(FieldVector::clear);
  }

  private TableWriter writer() throws IOException {
    if (writer == null) {
      List<FieldVector> columns = new ArrayList<>(batches.columns());
      answers.forEach((name, column) -> {
        if (answered.contains(name) || (answered.isEmpty() && name.equals("label"))) {
          columns.add(column);
        }
      });
      writer =
          switch (format) {
            case ARROW_STREAM -> ArrowTableWriter.stream(columns, out);
            case ARROW_FILE -> ArrowTableWriter.file(columns, out);
            case PARQUET -> ParquetTableWriter.of(columns, out);
            case JSONL -> throw new IllegalArgumentException("JSON lines are no table of columns");
          };
    }
    return writer;
  }

  /** Names of answer columns that are called otherwise because the input has theirs. */
  public List<String> renamed() {
    return answers.values().stream()
        .map(FieldVector::getName)
        .filter(name -> name.startsWith(PREFIX))
        .toList();
  }

  /** Writes the end and gives the file its name. */
  public void finish() throws IOException {
    writer().finish();
    out.close();
    Files.move(
        partial, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    answers.values().forEach(FieldVector::close);
    try (out) {
      if (writer != null) {
        writer.close();
      }
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
