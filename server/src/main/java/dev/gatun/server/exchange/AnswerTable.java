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
 * Answers as columns beside those they answer. A row that was not answered has no value in them.
 * The file has its name when it is whole; until then it is {@code NAME.partial}.
 */
public final class AnswerTable implements AutoCloseable {
  private static final String PREFIX = "predicted_";

  private final Batches batches;
  private final Path output;
  private final Path partial;
  private final Map<String, FieldVector> answers = new LinkedHashMap<>();
  private final OutputStream out;
  private final TableWriter writer;

  /**
   * Begins a file.
   *
   * @param wanted the columns of the task
   * @throws ExchangeException when a column of the input cannot be written; names it and its type
   */
  AnswerTable(
      BufferAllocator allocator,
      Batches batches,
      Path output,
      TableFormat format,
      Set<AnswerColumn> wanted)
      throws IOException {
    this.batches = batches;
    this.output = output;
    this.partial = output.resolveSibling(output.getFileName() + ".partial");
    requireRead(batches);
    List<String> taken = batches.columns().stream().map(FieldVector::getName).toList();
    for (AnswerColumn column : new TreeSet<>(wanted)) {
      Field field = column.field();
      String free = taken.contains(column.word()) ? PREFIX + column.word() : column.word();
      Field named = new Field(free, field.getFieldType(), field.getChildren());
      answers.put(column.word(), named.createVector(allocator));
    }
    this.out = new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16);
    try {
      this.writer = writer(format);
    } catch (IOException | RuntimeException e) {
      out.close();
      Files.deleteIfExists(partial);
      throw e;
    }
  }

  private static void requireRead(Batches batches) {
    for (Map.Entry<String, String> column : batches.unread().entrySet()) {
      throw new ExchangeException("column " + column.getKey() + " " + column.getValue());
    }
  }

  private TableWriter writer(TableFormat format) throws IOException {
    List<FieldVector> columns = new ArrayList<>(batches.columns());
    columns.addAll(answers.values());
    return switch (format) {
      case ARROW_STREAM -> ArrowTableWriter.stream(columns, out);
      case ARROW_FILE -> ArrowTableWriter.file(columns, out);
      case PARQUET -> ParquetTableWriter.of(columns, out);
      case JSONL -> throw new IllegalArgumentException("JSON lines are no table of columns");
    };
  }

  /**
   * Keeps the answer to a row of the batch.
   *
   * @param answer its members that are columns of the task count
   */
  public void put(int index, ObjectNode answer) {
    answers.forEach((name, column) -> {
      if (answer.hasNonNull(name)) {
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
    writer.write(batches.rows());
    answers.values().forEach(FieldVector::clear);
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
    writer.finish();
    out.close();
    Files.move(
        partial, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    answers.values().forEach(FieldVector::close);
    try (out) {
      writer.close();
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
