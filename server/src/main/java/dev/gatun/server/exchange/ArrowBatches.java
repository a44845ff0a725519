package dev.gatun.server.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * An Arrow IPC stream or file. Columns that are encoded by a dictionary are given out decoded, and
 * views as plain text or bytes. Each column that is given out is validated in full before anything
 * reads it.
 */
final class ArrowBatches implements Batches {
  private static final byte[] FILE_MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OLD_MAGIC = "FEA1".getBytes(StandardCharsets.US_ASCII);

  private final String origin;
  private final ArrowReader reader;
  private final Closeable source;
  private final BufferAllocator allocator;
  private final List<FieldVector> columns = new ArrayList<>();

  /** Place of a column that is decoded, or of views, to the column as stored. */
  private final Map<Integer, FieldVector> copied = new HashMap<>();

  private final Map<String, String> unread = new LinkedHashMap<>();

  private int batch;
  private int rows;

  private ArrowBatches(
      String origin, ArrowReader reader, Closeable source, BufferAllocator allocator) {
    this.origin = origin;
    this.allocator = allocator;
    this.reader = reader;
    this.source = source;
  }

  /** A stream, as from standard input. */
  static ArrowBatches stream(String origin, InputStream in, BufferAllocator allocator)
      throws IOException {
    InputStream buffered = new BufferedInputStream(in, 1 << 16);
    var reader = new ArrowStreamReader(buffered, allocator, IpcCompression.FACTORY);
    return opened(new ArrowBatches(origin, reader, buffered, allocator));
  }

  /** A stream or a file, as its first bytes say. */
  static ArrowBatches file(Path path, BufferAllocator allocator) throws IOException {
    FileChannel channel = FileChannel.open(path);
    try {
      if (startsWith(channel, OLD_MAGIC)) {
        throw new ExchangeException(
            path + " is Feather of version 1, which is no Arrow file; write it as version 2");
      }
      ArrowReader reader =
          startsWith(channel, FILE_MAGIC)
              ? new ArrowFileReader(channel, allocator, IpcCompression.FACTORY)
              : new ArrowStreamReader(channel, allocator, IpcCompression.FACTORY);
      return opened(new ArrowBatches(path.toString(), reader, channel, allocator));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean startsWith(FileChannel channel, byte[] magic) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(magic.length);
    int read = channel.read(start, 0);
    return read == magic.length && java.util.Arrays.equals(start.array(), magic);
  }

  private static ArrowBatches opened(ArrowBatches batches) throws IOException {
    try {
      batches.guarded("is no Arrow stream or file, or its schema is damaged", batches::open);
      return batches;
    } catch (IOException | RuntimeException e) {
      batches.close();
      throw e;
    }
  }

  private boolean open() throws IOException {
    VectorSchemaRoot root = reader.getVectorSchemaRoot();
    List<FieldVector> stored = root.getFieldVectors();
    for (FieldVector column : stored) {
      boolean coded = column.getField().getDictionary() != null;
      Field values = coded ? dictionary(column).getVector().getField() : column.getField();
      Optional<String> why = ArrowColumns.unread(values, coded);
      Optional<Field> plain =
          coded ? Optional.of(decoded(column, values)) : ArrowColumns.plain(values);
      if (why.isPresent()) {
        unread.put(column.getName(), why.get());
      } else if (plain.isPresent()) {
        copied.put(columns.size(), column);
        columns.add(plain.get().createVector(allocator));
      } else {
        columns.add(column);
      }
    }
    unread.putAll(Columns.twice(stored.stream().map(FieldVector::getName).toList()));
    return true;
  }

  private static Field decoded(FieldVector column, Field values) {
    FieldType type = new FieldType(true, values.getType(), null);
    return new Field(column.getName(), type, values.getChildren());
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
  public boolean next() throws IOException {
    batch++;
    return guarded("is damaged in record batch " + batch, this::load);
  }

  private boolean load() throws IOException {
    if (!reader.loadNextBatch()) {
      return false;
    }
    rows = reader.getVectorSchemaRoot().getRowCount();
    for (int i = 0; i < columns.size(); i++) {
      FieldVector stored = copied.get(i);
      if (stored == null) {
        ArrowColumns.validate(columns.get(i));
      } else if (stored instanceof BaseVariableWidthViewVector views) {
        ArrowColumns.copy(views, (BaseVariableWidthVector) columns.get(i));
        ArrowColumns.validate(columns.get(i));
      } else {
        ArrowColumns.validate(stored);
        decode(i, stored);
      }
    }
    return true;
  }

  private void decode(int place, FieldVector stored) throws IOException {
    try (FieldVector plain = (FieldVector) DictionaryEncoder.decode(stored, dictionary(stored))) {
      plain.makeTransferPair(columns.get(place)).transfer();
    }
  }

  private Dictionary dictionary(FieldVector stored) throws IOException {
    long id = stored.getField().getDictionary().getId();
    Dictionary dictionary = reader.getDictionaryVectors().get(id);
    if (dictionary == null) {
      throw new IOException("column " + stored.getName() + " has no dictionary " + id);
    }
    return dictionary;
  }

  @Override
  public ObjectNode row(int index) {
    return Cells.row(columns, unread, index);
  }

  private interface Work {
    boolean run() throws IOException;
  }

  private boolean guarded(String what, Work work) throws IOException {
    try {
      return work.run();
    } catch (OutOfMemoryException e) {
      throw new ExchangeException(
          origin
              + ": record batch "
              + batch
              + " needs more memory than "
              + Table.MEMORY_BYTES_MAX / (1 << 20)
              + " MiB; write the table in smaller batches",
          e);
    } catch (OutOfMemoryError e) {
      // A length that a damaged message states; the allocation failed, the heap is as before.
      throw new ExchangeException(origin + " " + what + ": a length in it is impossible", e);
    } catch (IOException | RuntimeException e) {
      throw new ExchangeException(origin + " " + what + ": " + reason(e), e);
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  @Override
  public void close() throws IOException {
    copied.keySet().stream()
        .filter(place -> place < columns.size())
        .forEach(place -> columns.get(place).close());
    try (source) {
      reader.close();
    }
  }
}
