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
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.util.ValueVectorUtility;

/**
 * An Arrow IPC stream or file. Columns that are encoded by a dictionary are given out decoded. Each
 * batch is validated in full before anything reads it: offsets of a damaged file point anywhere.
 */
final class ArrowBatches implements Batches {
  private static final byte[] FILE_MAGIC = "ARROW1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OLD_MAGIC = "FEA1".getBytes(StandardCharsets.US_ASCII);

  private final String origin;
  private final ArrowReader reader;
  private final Closeable source;
  private final BufferAllocator allocator;
  private final List<FieldVector> columns = new ArrayList<>();

  /** Place of a decoded column to the column as stored. */
  private final Map<Integer, FieldVector> encoded = new HashMap<>();

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
    for (FieldVector column : root.getFieldVectors()) {
      if (column.getField().getDictionary() == null) {
        columns.add(column);
      } else {
        encoded.put(columns.size(), column);
        Field values = dictionary(column).getVector().getField();
        FieldType type = new FieldType(true, values.getType(), null);
        Field plain = new Field(column.getName(), type, values.getChildren());
        columns.add(plain.createVector(allocator));
      }
    }
    return true;
  }

  @Override
  public List<FieldVector> columns() {
    return columns;
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
    VectorSchemaRoot root = reader.getVectorSchemaRoot();
    rows = root.getRowCount();
    root.getFieldVectors().forEach(ArrowBatches::validate);
    for (Map.Entry<Integer, FieldVector> column : encoded.entrySet()) {
      decode(column.getKey(), column.getValue());
    }
    return true;
  }

  /** Arrow's own validation knows no maps, so lists, maps and structs are taken apart here. */
  private static void validate(FieldVector vector) {
    switch (vector) {
      case ListVector list -> {
        int end = 0;
        for (int i = 0; i < list.getValueCount(); i++) {
          int start = list.getElementStartIndex(i);
          if (start < end || list.getElementEndIndex(i) < start) {
            throw new IllegalArgumentException("offsets of " + vector.getName() + " go back");
          }
          end = list.getElementEndIndex(i);
        }
        requireRows(list.getDataVector(), end);
        validate(list.getDataVector());
      }
      case StructVector struct -> {
        for (FieldVector member : struct.getChildrenFromFields()) {
          requireRows(member, struct.getValueCount());
          validate(member);
        }
      }
      default -> ValueVectorUtility.validateFull(vector);
    }
  }

  private static void requireRows(FieldVector vector, int rows) {
    if (vector.getValueCount() < rows) {
      throw new IllegalArgumentException(vector.getName() + " has fewer values than it needs");
    }
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
    return Cells.row(columns, index);
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
      throw new ExchangeException(origin + " " + what + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    encoded.keySet().stream()
        .filter(place -> place < columns.size())
        .forEach(place -> columns.get(place).close());
    try (source) {
      reader.close();
    }
  }
}
