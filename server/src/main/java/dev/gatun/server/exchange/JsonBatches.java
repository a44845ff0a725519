package dev.gatun.server.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.wire.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * JSON lines as columns. The file is read twice: first for the type of every member, which is text,
 * truth, whole number or number where all its values are, and JSON as text where they differ or are
 * lists and objects. Blank lines are left out, as are lines that are no objects from the types.
 */
final class JsonBatches implements Batches {
  private static final int ROWS_MAX = 1024;

  /** What a member's values have in common. */
  private enum Kind {
    NOTHING,
    TRUTH,
    WHOLE,
    NUMBER,
    TEXT,
    JSON;

    static Kind of(JsonNode value) {
      return switch (value.getNodeType()) {
        case BOOLEAN -> TRUTH;
        case NUMBER -> value.canConvertToLong() && value.isIntegralNumber() ? WHOLE : NUMBER;
        case STRING -> TEXT;
        case NULL -> NOTHING;
        default -> JSON;
      };
    }

    Kind and(Kind other) {
      boolean numbers = (this == WHOLE || this == NUMBER) && (other == WHOLE || other == NUMBER);
      if (this == other || other == NOTHING) {
        return this;
      }
      return this == NOTHING ? other : numbers ? NUMBER : JSON;
    }

    Field field(String name) {
      return switch (this) {
        case TRUTH -> Columns.truth(name);
        case WHOLE -> Columns.integer(name, 64);
        case NUMBER -> Columns.real(name);
        case TEXT, JSON, NOTHING -> Columns.text(name);
      };
    }
  }

  /** A line: its object, or why it has none. */
  private record Line(ObjectNode object, String problem) {}

  private final BufferedReader reader;
  private final Map<String, Kind> kinds;
  private final List<FieldVector> columns = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();

  private JsonBatches(BufferedReader reader, Map<String, Kind> kinds, BufferAllocator allocator) {
    this.reader = reader;
    this.kinds = kinds;
    kinds.forEach((name, kind) -> columns.add(kind.field(name).createVector(allocator)));
  }

  static JsonBatches open(Path file, BufferAllocator allocator) throws IOException {
    Map<String, Kind> kinds = new LinkedHashMap<>();
    try (BufferedReader first = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String text = first.readLine(); text != null; text = first.readLine()) {
        for (Map.Entry<String, JsonNode> member : line(text).object().properties()) {
          kinds.merge(member.getKey(), Kind.of(member.getValue()), Kind::and);
        }
      }
    }
    return new JsonBatches(Files.newBufferedReader(file, StandardCharsets.UTF_8), kinds, allocator);
  }

  private static Line line(String text) {
    try {
      return Json.read(text.getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode object
          ? new Line(object, "")
          : new Line(Json.object(), "not a JSON object");
    } catch (JsonProcessingException e) {
      return new Line(Json.object(), "not JSON: " + e.getOriginalMessage());
    }
  }

  @Override
  public List<FieldVector> columns() {
    return columns;
  }

  /** A member that a line has twice is refused with its line. */
  @Override
  public Map<String, String> unread() {
    return Map.of();
  }

  @Override
  public boolean next() throws IOException {
    lines.clear();
    columns.forEach(FieldVector::clear);
    while (lines.size() < ROWS_MAX) {
      String text = reader.readLine();
      if (text == null) {
        break;
      }
      if (!text.isBlank()) {
        set(lines.size(), line(text));
      }
    }
    columns.forEach(column -> column.setValueCount(lines.size()));
    return !lines.isEmpty();
  }

  private void set(int index, Line line) {
    lines.add(line);
    for (FieldVector column : columns) {
      JsonNode value = line.object().get(column.getName());
      if (value != null && !value.isNull()) {
        Cells.set(column, index, value(kinds.get(column.getName()), value));
      }
    }
  }

  private static Object value(@Nullable Kind kind, JsonNode value) {
    return switch (kind) {
      case TRUTH -> value.booleanValue();
      case WHOLE, NUMBER -> value.numberValue();
      case TEXT -> value.textValue();
      case JSON -> value.toString();
      case NOTHING -> throw new IllegalStateException("a value of a column without any");
      case null -> throw new IllegalStateException("a column without a kind");
    };
  }

  @Override
  public int rows() {
    return lines.size();
  }

  @Override
  public ObjectNode row(int index) {
    Line line = lines.get(index);
    if (!line.problem().isEmpty()) {
      throw new IllegalArgumentException(line.problem());
    }
    return line.object();
  }

  @Override
  public void close() throws IOException {
    columns.forEach(FieldVector::close);
    reader.close();
  }
}
