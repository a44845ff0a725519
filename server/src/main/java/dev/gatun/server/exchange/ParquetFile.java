package dev.gatun.server.exchange;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The bytes of a Parquet file and what its footer says (parquet.thrift, FileMetaData). */
record ParquetFile(FileChannel channel, Map<Integer, Object> footer) implements AutoCloseable {
  static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ENCRYPTED = "PARE".getBytes(StandardCharsets.US_ASCII);
  private static final int TAIL = 8;

  static ParquetFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path);
    try {
      return new ParquetFile(channel, footer(channel));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static Map<Integer, Object> footer(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < MAGIC.length + TAIL) {
      throw new ExchangeException("it is too short");
    }
    ByteBuffer tail = read(channel, size - TAIL, TAIL);
    int length = tail.getInt();
    byte[] magic = new byte[MAGIC.length];
    tail.get(magic);
    if (java.util.Arrays.equals(magic, ENCRYPTED)) {
      throw new ExchangeException("it is encrypted; write it without encryption");
    }
    if (!java.util.Arrays.equals(magic, MAGIC)) {
      throw new ExchangeException("it does not end as one; is it whole?");
    }
    if (length < 0 || length > size - TAIL - MAGIC.length) {
      throw new ExchangeException("its footer states the impossible length " + length);
    }
    return new ThriftInput(read(channel, size - TAIL - length, length).array(), 0).struct();
  }

  /** Bytes at a place, little-endian. */
  static ByteBuffer read(FileChannel channel, long place, int length) throws IOException {
    if (place < 0 || length < 0 || length > channel.size() - place) {
      throw new ExchangeException("it points outside of itself");
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, place + bytes.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return bytes.flip();
  }

  /** Structs in a list that a struct holds; none when it holds no such list. */
  static List<?> list(Map<?, ?> struct, int id) {
    return struct.get(id) instanceof List<?> list ? list : List.of();
  }

  /** A number that a struct holds. */
  static long number(Map<?, ?> struct, int id, long otherwise) {
    return struct.get(id) instanceof Long number ? number : otherwise;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
