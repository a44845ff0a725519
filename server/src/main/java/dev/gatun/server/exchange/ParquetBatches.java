package dev.gatun.server.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file, row group by row group, in batches. Rows are put together from the levels of
 * their leaves as in Melnik et al., "Dremel: Interactive Analysis of Web-Scale Datasets" (2010).
 */
final class ParquetBatches implements Batches {
  private static final int ROWS_MAX = 1024;

  private final String origin;
  private final ParquetFile file;
  private final List<ParquetNode> nodes;
  private final List<ParquetNode> leaves = new ArrayList<>();
  private final List<FieldVector> columns = new ArrayList<>();
  private final Map<String, String> unread;
  private List<ParquetColumn> chunks = List.of();
  private int group;
  private long left;
  private int rows;

  private ParquetBatches(String origin, ParquetFile file, BufferAllocator allocator) {
    this.origin = origin;
    this.file = file;
    this.nodes = ParquetNode.columns(ParquetFile.list(file.footer(), 2));
    ParquetNode.leaves(nodes, leaves);
    for (ParquetNode node : nodes) {
      columns.add(field(node, node.name(), node.repeated()).createVector(allocator));
    }
    this.unread = Columns.twice(nodes.stream().map(ParquetNode::name).toList());
  }

  static ParquetBatches open(Path path, BufferAllocator allocator) throws IOException {
    try {
      ParquetFile file = ParquetFile.open(path);
      try {
        return new ParquetBatches(path.toString(), file, allocator);
      } catch (RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (RuntimeException e) {
      throw new ExchangeException(
          path + " is no Parquet file, or its footer is damaged: " + e.getMessage(), e);
    }
  }

  private static Field field(ParquetNode node, String name, boolean repeated) {
    if (repeated) {
      Field element = field(node, "element", false);
      return new Field(name, FieldType.nullable(new ArrowType.List()), List.of(element));
    }
    ParquetNode inner = node.children().isEmpty() ? node : node.children().getFirst();
    return switch (node.note()) {
      case LIST -> {
        ParquetNode element = element(inner);
        Field field = field(element, "element", false);
        yield new Field(name, FieldType.nullable(new ArrowType.List()), List.of(field));
      }
      case MAP -> {
        Field key = field(inner.children().getFirst(), MapVector.KEY_NAME, false);
        Field value = field(inner.children().getLast(), MapVector.VALUE_NAME, false);
        FieldType present = FieldType.notNullable(new ArrowType.Struct());
        FieldType keyType = FieldType.notNullable(key.getType());
        List<Field> pair = List.of(new Field(key.getName(), keyType, key.getChildren()), value);
        Field entries = new Field(MapVector.DATA_VECTOR_NAME, present, pair);
        yield new Field(name, FieldType.nullable(new ArrowType.Map(false)), List.of(entries));
      }
      case PLAIN -> {
        List<Field> members = new ArrayList<>();
        node.children().forEach(child -> members.add(field(child, child.name(), child.repeated())));
        ArrowType type =
            node.type().map(ParquetLeaf::arrow).orElseGet(() -> new ArrowType.Struct());
        yield new Field(name, FieldType.nullable(type), members);
      }
    };
  }

  /** What a list holds: the only member of its repeated group, or in old files that group. */
  private static ParquetNode element(ParquetNode repeated) {
    boolean wrapped =
        repeated.children().size() == 1
            && !repeated.children().getFirst().repeated()
            && !repeated.name().equals("array")
            && !repeated.name().endsWith("_tuple");
    return wrapped ? repeated.children().getFirst() : repeated;
  }

  @Override
  public List<FieldVector> columns() {
    return columns;
  }

  @Override
  public Map<String, String> unread() {
    return unread;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public ObjectNode row(int index) {
    return Cells.row(columns, unread, index);
  }

  @Override
  public boolean next() throws IOException {
    try {
      while (left == 0) {
        if (!nextGroup()) {
          return false;
        }
      }
      rows = (int) Math.min(ROWS_MAX, left);
      for (int i = 0; i < nodes.size(); i++) {
        columns.get(i).clear();
        for (int row = 0; row < rows; row++) {
          Cells.set(columns.get(i), row, read(nodes.get(i)));
        }
        columns.get(i).setValueCount(rows);
      }
      left -= rows;
      return true;
    } catch (OutOfMemoryException e) {
      throw new ExchangeException(
          origin + ": " + ROWS_MAX + " rows need more than " + Table.MEMORY_BYTES_MAX + " bytes",
          e);
    } catch (RuntimeException e) {
      String reason = e.getMessage() == null ? "a page ends too early" : e.getMessage();
      throw new ExchangeException(origin + " is damaged in row group " + group + ": " + reason, e);
    }
  }

  private boolean nextGroup() {
    List<?> groups = ParquetFile.list(file.footer(), 4);
    if (group == groups.size()) {
      return false;
    }
    Map<?, ?> now = (Map<?, ?>) groups.get(group++);
    List<?> parts = ParquetFile.list(now, 1);
    if (parts.size() != leaves.size()) {
      throw new ExchangeException("it has " + parts.size() + " columns of " + leaves.size());
    }
    List<ParquetColumn> opened = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      if (!(((Map<?, ?>) parts.get(i)).get(3) instanceof Map<?, ?> chunk)) {
        throw new ExchangeException("a column's metadata is in another file");
      }
      opened.add(new ParquetColumn(file.channel(), leaves.get(i), chunk));
    }
    chunks = opened;
    left = ParquetFile.number(now, 3, -1);
    if (left < 0) {
      throw new ExchangeException("it states no number of rows");
    }
    return true;
  }

  private ParquetColumn first(ParquetNode node) {
    return chunks.get(node.leaf());
  }

  private @Nullable Object read(ParquetNode node) throws IOException {
    if (node.repeated()) {
      return elements(node, node);
    }
    if (first(node).definition() < node.maxDefinition()) {
      skip(node);
      return null;
    }
    return present(node);
  }

  private @Nullable Object present(ParquetNode node) throws IOException {
    if (node.type().isPresent()) {
      return first(node).take();
    }
    return switch (node.note()) {
      case LIST -> {
        ParquetNode repeated = node.children().getFirst();
        yield elements(repeated, element(repeated));
      }
      case MAP -> pairs(node.children().getFirst());
      case PLAIN -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (ParquetNode child : node.children()) {
          members.put(child.name(), read(child));
        }
        yield members;
      }
    };
  }

  private List<@Nullable Object> elements(ParquetNode repeated, ParquetNode element)
      throws IOException {
    List<@Nullable Object> elements = new ArrayList<>();
    if (first(repeated).definition() < repeated.maxDefinition()) {
      skip(repeated);
      return elements;
    }
    do {
      elements.add(element.equals(repeated) ? present(repeated) : read(element));
    } while (first(repeated).repetition() == repeated.maxRepetition());
    return elements;
  }

  private Map<Object, @Nullable Object> pairs(ParquetNode repeated) throws IOException {
    Map<Object, @Nullable Object> pairs = new LinkedHashMap<>();
    if (first(repeated).definition() < repeated.maxDefinition()) {
      skip(repeated);
      return pairs;
    }
    do {
      Object key = read(repeated.children().getFirst());
      if (key == null) {
        throw new ExchangeException("a map has a key that is null");
      }
      pairs.put(key instanceof byte[] utf8 ? text(utf8) : key, read(repeated.children().getLast()));
    } while (first(repeated).repetition() == repeated.maxRepetition());
    return pairs;
  }

  private static String text(byte[] utf8) {
    return new String(utf8, java.nio.charset.StandardCharsets.UTF_8);
  }

  private void skip(ParquetNode node) throws IOException {
    if (node.type().isPresent()) {
      first(node).skip();
    }
    for (ParquetNode child : node.children()) {
      skip(child);
    }
  }

  @Override
  public void close() throws IOException {
    columns.forEach(FieldVector::close);
    file.close();
  }
}
