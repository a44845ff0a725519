package dev.gatun.server.exchange;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads structs in Thrift's compact protocol, in which Parquet keeps what it says of itself. A
 * struct becomes a map from field number to Boolean, Long, byte[], List or such a map; what the
 * numbers mean is in parquet.thrift. Every length is checked against the bytes that are there.
 */
final class ThriftInput {
  private static final int DEPTH_MAX = 32;

  private final byte[] bytes;
  private int at;

  ThriftInput(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Where the next byte is. */
  int position() {
    return at;
  }

  /**
   * One struct.
   *
   * @throws ExchangeException when the bytes are none
   */
  Map<Integer, Object> struct() {
    return struct(0);
  }

  private Map<Integer, Object> struct(int depth) {
    if (depth > DEPTH_MAX) {
      throw new ExchangeException("metadata nests deeper than any file's");
    }
    Map<Integer, Object> fields = new HashMap<>();
    int id = 0;
    for (int head = next(); head != 0; head = next()) {
      int delta = head >>> 4;
      id = delta == 0 ? (int) zigzag() : id + delta;
      fields.put(id, value(head & 15, depth));
    }
    return fields;
  }

  private Object value(int type, int depth) {
    return switch (type) {
      case 1 -> true;
      case 2 -> false;
      case 3 -> (long) (byte) next();
      case 4, 5, 6 -> zigzag();
      case 7 -> take(8);
      case 8 -> take(length());
      case 9, 10 -> list(depth);
      case 12 -> struct(depth + 1);
      default -> throw new ExchangeException("metadata holds the unknown type " + type);
    };
  }

  private List<Object> list(int depth) {
    int head = next();
    int size = head >>> 4 == 15 ? length() : head >>> 4;
    if (size > bytes.length - at) {
      throw new ExchangeException("metadata ends inside of a list");
    }
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int type = head & 15;
      elements.add(type == 1 || type == 2 ? (Object) (next() == 1) : value(type, depth + 1));
    }
    return elements;
  }

  private int next() {
    if (at >= bytes.length) {
      throw new ExchangeException("metadata ends too early");
    }
    return bytes[at++] & 0xff;
  }

  private byte[] take(int length) {
    if (length > bytes.length - at) {
      throw new ExchangeException("metadata ends too early");
    }
    at += length;
    return java.util.Arrays.copyOfRange(bytes, at - length, at);
  }

  private int length() {
    long length = varint();
    if (length < 0 || length > bytes.length) {
      throw new ExchangeException("metadata states the impossible length " + length);
    }
    return (int) length;
  }

  private long zigzag() {
    long raw = varint();
    return raw >>> 1 ^ -(raw & 1);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int part = next();
      value |= (long) (part & 127) << shift;
      if (part < 128) {
        return value;
      }
    }
    throw new ExchangeException("metadata holds a number without an end");
  }
}
