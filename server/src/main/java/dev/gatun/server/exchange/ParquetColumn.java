package dev.gatun.server.exchange;

import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A column chunk as a sequence of entries: repetition level, definition level and, where the column
 * is defined to its end, a value. One page is in memory at a time.
 */
final class ParquetColumn {
  /** More entries than any page of a real file has; they all are in memory. */
  static final int VALUES_MAX = 1 << 24;

  private static final int PAGE_BYTES_MAX = 1 << 28;
  private static final int HEADER_BYTES = 1 << 14;

  private final FileChannel channel;
  private final ParquetNode node;
  private final ParquetLeaf leaf;
  private final int codec;
  private final long end;
  private long place;
  private long left;
  private Object @Nullable [] dictionary;

  private int[] repetitions = {};
  private int[] definitions = {};
  private Object[] values = {};
  private int entry;
  private int value;

  /**
   * @param chunk its metadata (parquet.thrift, ColumnMetaData)
   */
  ParquetColumn(FileChannel channel, ParquetNode node, Map<?, ?> chunk) {
    this.channel = channel;
    this.node = node;
    this.leaf = node.type().orElseThrow();
    this.codec = (int) ParquetFile.number(chunk, 4, 0);
    this.left = ParquetFile.number(chunk, 5, 0);
    long data = ParquetFile.number(chunk, 9, -1);
    long words = ParquetFile.number(chunk, 11, data);
    // Some writers state 0 where there is no dictionary.
    this.place = words > 0 && words < data ? words : data;
    this.end = place + ParquetFile.number(chunk, 7, 0);
    if (ParquetFile.number(chunk, 1, -1) != leaf.physical()) {
      throw new ExchangeException("column " + node.name() + " is stored as another type");
    }
  }

  /** Whether there is another entry. */
  boolean hasNext() throws IOException {
    while (entry == definitions.length && left > 0) {
      page();
    }
    return entry < definitions.length;
  }

  /** Repetition level of the next entry; 0, as of a new row, after the last. */
  int repetition() throws IOException {
    return hasNext() ? repetitions[entry] : 0;
  }

  /** Definition level of the next entry. */
  int definition() throws IOException {
    if (!hasNext()) {
      throw new ExchangeException("column " + node.name() + " has too few values");
    }
    return definitions[entry];
  }

  /** Takes the next entry's value. */
  Object take() throws IOException {
    if (definition() != node.maxDefinition()) {
      throw new ExchangeException("column " + node.name() + " lacks a value that must be");
    }
    entry++;
    return leaf.cell(values[value++]);
  }

  /** Passes over an entry without a value. */
  void skip() throws IOException {
    if (definition() == node.maxDefinition()) {
      value++;
    }
    entry++;
  }

  private void page() throws IOException {
    int peek = (int) Math.min(HEADER_BYTES, Math.min(end, channel.size()) - place);
    if (peek <= 0) {
      throw new ExchangeException("column " + node.name() + " ends too early");
    }
    var header = new ThriftInput(ParquetFile.read(channel, place, peek).array(), 0);
    Map<Integer, Object> head = header.struct();
    int packed = length(head, 3);
    ByteBuffer body = ParquetFile.read(channel, place + header.position(), packed);
    place += header.position() + packed;
    switch ((int) ParquetFile.number(head, 1, -1)) {
      case 0 -> first(head, body);
      case 2 -> words(head, body);
      case 3 -> second(head, body);
      case 1 -> {
        return;
      }
      default -> throw new ExchangeException("column " + node.name() + " has an unknown page");
    }
  }

  private static int length(Map<?, ?> head, int id) {
    long length = ParquetFile.number(head, id, -1);
    if (length < 0 || length > PAGE_BYTES_MAX) {
      throw new ExchangeException("a page states the impossible length " + length);
    }
    return (int) length;
  }

  private static int count(Map<?, ?> head) {
    long count = ParquetFile.number(head, 1, -1);
    if (count < 0 || count > VALUES_MAX) {
      throw new ExchangeException("a page states the impossible count " + count);
    }
    return (int) count;
  }

  private static Map<?, ?> part(Map<?, ?> head, int id) {
    if (head.get(id) instanceof Map<?, ?> part) {
      return part;
    }
    throw new ExchangeException("a page has no header of its kind");
  }

  private void words(Map<?, ?> head, ByteBuffer body) throws IOException {
    int count = count(part(head, 7));
    ByteBuffer plain = unpacked(body, length(head, 2));
    dictionary = ParquetValues.decode(leaf, ParquetValues.PLAIN, plain, count, null);
  }

  private void first(Map<?, ?> head, ByteBuffer body) throws IOException {
    Map<?, ?> data = part(head, 5);
    int count = count(data);
    ByteBuffer plain = unpacked(body, length(head, 2));
    requireRuns(data, 4, node.maxRepetition());
    requireRuns(data, 3, node.maxDefinition());
    repetitions = prefixed(plain, node.maxRepetition(), count);
    definitions = prefixed(plain, node.maxDefinition(), count);
    fill(plain, (int) ParquetFile.number(data, 2, -1));
  }

  private static void requireRuns(Map<?, ?> data, int id, int max) {
    if (max > 0 && ParquetFile.number(data, id, -1) != ParquetValues.RLE) {
      throw new ExchangeException("levels in the withdrawn encoding BIT_PACKED");
    }
  }

  private static int[] prefixed(ByteBuffer in, int max, int count) {
    if (max == 0) {
      return new int[count];
    }
    int length = in.getInt();
    return levels(in, length, max, count);
  }

  private static int[] levels(ByteBuffer in, int length, int max, int count) {
    if (length < 0 || length > in.remaining()) {
      throw new ExchangeException("levels end after their page");
    }
    int after = in.position() + length;
    ByteBuffer part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    int[] levels = ParquetLevels.read(part, ParquetLevels.width(max), count);
    in.position(after);
    for (int level : levels) {
      if (level < 0 || level > max) {
        throw new ExchangeException("a level above its highest");
      }
    }
    return levels;
  }

  /** In a page of the second version, levels come before what is compressed. */
  private void second(Map<?, ?> head, ByteBuffer body) throws IOException {
    Map<?, ?> data = part(head, 8);
    int count = count(data);
    int repetitionBytes = length(data, 6);
    int definitionBytes = length(data, 5);
    repetitions =
        node.maxRepetition() == 0
            ? new int[count]
            : levels(body, repetitionBytes, node.maxRepetition(), count);
    definitions =
        node.maxDefinition() == 0
            ? new int[count]
            : levels(body, definitionBytes, node.maxDefinition(), count);
    ByteBuffer rest = body.slice().order(ByteOrder.LITTLE_ENDIAN);
    boolean plain = Boolean.FALSE.equals(data.get(7));
    int size = length(head, 2) - repetitionBytes - definitionBytes;
    fill(plain ? rest : unpacked(rest, size), (int) ParquetFile.number(data, 4, -1));
  }

  private void fill(ByteBuffer plain, int encoding) {
    int defined = 0;
    for (int definition : definitions) {
      defined += definition == node.maxDefinition() ? 1 : 0;
    }
    values = ParquetValues.decode(leaf, encoding, plain, defined, dictionary);
    left -= definitions.length;
    entry = 0;
    value = 0;
  }

  private ByteBuffer unpacked(ByteBuffer body, int size) throws IOException {
    if (size < 0) {
      throw new ExchangeException("a page states an impossible length");
    }
    byte[] packed = new byte[body.remaining()];
    body.get(packed);
    byte[] plain =
        switch (codec) {
          case 0 -> packed;
          case 1 -> by(new SnappyDecompressor(), packed, size);
          case 2 -> gzip(packed, size);
          case 6 -> by(new ZstdDecompressor(), packed, size);
          case 7 -> by(new Lz4Decompressor(), packed, size);
          default ->
              throw new ExchangeException(
                  "column "
                      + node.name()
                      + " is compressed by codec "
                      + codec
                      + "; write it with snappy, gzip, zstd, lz4_raw or none");
        };
    if (plain.length != size) {
      throw new ExchangeException("a page of column " + node.name() + " is damaged");
    }
    return ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
  }

  private byte[] by(Decompressor decompressor, byte[] packed, int size) {
    byte[] plain = new byte[size];
    int made = decompressor.decompress(packed, 0, packed.length, plain, 0, size);
    return made == size ? plain : new byte[made];
  }

  private static byte[] gzip(byte[] packed, int size) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return in.readNBytes(size);
    }
  }
}
