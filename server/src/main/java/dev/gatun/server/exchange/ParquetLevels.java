package dev.gatun.server.exchange;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Parquet's hybrid of runs and packed bits, for levels, dictionary indexes and truth values. */
final class ParquetLevels {
  private ParquetLevels() {}

  /** Bits that the values from 0 to {@code max} take. */
  static int width(int max) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(max);
  }

  /**
   * Reads values and leaves the position after them.
   *
   * @throws ExchangeException when there are not so many
   */
  static int[] read(ByteBuffer in, int width, int count) {
    int[] values = new int[count];
    if (width < 0 || width > 32) {
      throw new ExchangeException("levels of " + width + " bits");
    }
    int at = 0;
    while (at < count && width > 0) {
      int head = varint(in);
      int length = head >>> 1;
      if (length == 0) {
        throw new ExchangeException("an empty run of levels");
      }
      if ((head & 1) == 0) {
        int value = fixed(in, (width + 7) / 8);
        int end = (int) Math.min(count, (long) at + length);
        java.util.Arrays.fill(values, at, end, value);
        at = end;
      } else {
        at = unpack(in, width, (long) length * 8, values, at);
      }
    }
    return values;
  }

  private static int unpack(ByteBuffer in, int width, long packed, int[] values, int from) {
    int bytes = (int) Math.min((packed * width + 7) / 8, in.remaining());
    int count = (int) Math.min(Math.min(packed, values.length - from), (long) bytes * 8 / width);
    if (count < Math.min(packed, values.length - from)) {
      throw new ExchangeException("packed levels end too early");
    }
    int start = in.position();
    for (int i = 0; i < count; i++) {
      values[from + i] = (int) bits(in, start, (long) i * width, width);
    }
    in.position(start + bytes);
    return from + count;
  }

  /** A number of up to 64 bits that begins at any bit, the lowest first. */
  static long bits(ByteBuffer in, int start, long bit, int width) {
    long value = 0;
    for (int have = 0; have < width; ) {
      long at = bit + have;
      int shift = (int) (at & 7);
      int take = Math.min(8 - shift, width - have);
      long part = ((in.get(start + (int) (at >>> 3)) & 0xff) >>> shift) & ((1L << take) - 1);
      value |= part << have;
      have += take;
    }
    return value;
  }

  private static int fixed(ByteBuffer in, int bytes) {
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (in.get() & 0xff) << (8 * i);
    }
    return value;
  }

  private static int varint(ByteBuffer in) {
    return (int) longVarint(in);
  }

  static long longVarint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte part = in.get();
      value |= (long) (part & 127) << shift;
      if (part >= 0) {
        return value;
      }
    }
    throw new ExchangeException("a number without an end");
  }

  /** Writes values as runs; short ones of levels are long enough on average. */
  static byte[] runs(int[] values, int count, int width) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < count; ) {
      int end = i + 1;
      while (end < count && values[end] == values[i]) {
        end++;
      }
      int head = (end - i) << 1;
      while ((head & ~127) != 0) {
        out.write((head & 127) | 128);
        head >>>= 7;
      }
      out.write(head);
      for (int b = 0; b < (width + 7) / 8; b++) {
        out.write(values[i] >>> (8 * b));
      }
      i = end;
    }
    return out.toByteArray();
  }
}
