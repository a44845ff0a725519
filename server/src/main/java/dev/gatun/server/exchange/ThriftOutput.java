package dev.gatun.server.exchange;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** Writes structs in Thrift's compact protocol; fields in the order of their numbers. */
final class ThriftOutput {
  private static final int INT8 = 3;
  private static final int INT32 = 5;
  private static final int INT64 = 6;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int STRUCT = 12;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Deque<Integer> last = new ArrayDeque<>(List.of(0));

  /** The bytes of one struct. */
  static byte[] struct(Consumer<ThriftOutput> fields) {
    ThriftOutput output = new ThriftOutput();
    fields.accept(output);
    output.out.write(0);
    return output.out.toByteArray();
  }

  void int8(int id, int value) {
    head(id, INT8);
    out.write(value);
  }

  void int32(int id, int value) {
    head(id, INT32);
    zigzag(value);
  }

  void int64(int id, long value) {
    head(id, INT64);
    zigzag(value);
  }

  void truth(int id, boolean value) {
    head(id, value ? 1 : 2);
  }

  void text(int id, String value) {
    head(id, BINARY);
    text(value);
  }

  void struct(int id, Consumer<ThriftOutput> fields) {
    head(id, STRUCT);
    nested(fields);
  }

  void structs(int id, List<Consumer<ThriftOutput>> elements) {
    head(id, LIST);
    listHead(elements.size(), STRUCT);
    elements.forEach(this::nested);
  }

  void int32s(int id, List<Integer> values) {
    head(id, LIST);
    listHead(values.size(), INT32);
    values.forEach(this::zigzag);
  }

  void texts(int id, List<String> values) {
    head(id, LIST);
    listHead(values.size(), BINARY);
    values.forEach(this::text);
  }

  private void nested(Consumer<ThriftOutput> fields) {
    last.push(0);
    fields.accept(this);
    out.write(0);
    last.pop();
  }

  private void head(int id, int type) {
    int delta = id - last.pop();
    if (delta < 1 || delta > 15) {
      throw new IllegalArgumentException("field " + id + " is out of order");
    }
    out.write(delta << 4 | type);
    last.push(id);
  }

  private void listHead(int size, int type) {
    if (size < 15) {
      out.write(size << 4 | type);
    } else {
      out.write(0xf0 | type);
      varint(size);
    }
  }

  private void text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    varint(utf8.length);
    out.writeBytes(utf8);
  }

  private void zigzag(long value) {
    varint(value << 1 ^ value >> 63);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~127L) != 0) {
      out.write((int) ((rest & 127) | 128));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
