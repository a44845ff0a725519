package dev.gatun.server.exchange;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the values of one page, in every encoding of the format's version 2: Boolean, Integer,
 * Long, Float, Double, or byte[] for all others.
 */
final class ParquetValues {
  static final int PLAIN = 0;
  static final int RLE = 3;

  private final ParquetLeaf leaf;
  private final ByteBuffer in;
  private final int count;

  private ParquetValues(ParquetLeaf leaf, ByteBuffer in, int count) {
    this.leaf = leaf;
    this.in = in;
    this.count = count;
  }

  /**
   * Decodes values.
   *
   * @param in little-endian, at the first value
   * @param dictionary values of the chunk's dictionary page, if it had one
   * @throws ExchangeException or {@link java.nio.BufferUnderflowException} when they are damaged
   */
  static Object[] decode(
      ParquetLeaf leaf, int encoding, ByteBuffer in, int count, Object @Nullable [] dictionary) {
    var values = new ParquetValues(leaf, in, count);
    return switch (encoding) {
      case PLAIN -> values.plain();
      case 2, 8 -> values.looked(dictionary);
      case RLE -> values.runs();
      case 5 -> values.numbers(values.deltas());
      case 6 -> values.lengths();
      case 7 -> values.prefixes();
      case 9 -> values.split();
      default -> throw new ExchangeException("the unknown encoding " + encoding);
    };
  }

  private Object[] plain() {
    Object[] values = new Object[count];
    if (leaf.physical() == ParquetLeaf.BOOLEAN) {
      int start = in.position();
      requireBytes((count + 7) / 8);
      for (int i = 0; i < count; i++) {
        values[i] = ParquetLevels.bits(in, start, i, 1) == 1;
      }
      return values;
    }
    for (int i = 0; i < count; i++) {
      values[i] = one(in);
    }
    return values;
  }

  private Object one(ByteBuffer from) {
    return switch (leaf.physical()) {
      case ParquetLeaf.INT32 -> from.getInt();
      case ParquetLeaf.INT64 -> from.getLong();
      case ParquetLeaf.FLOAT -> from.getFloat();
      case ParquetLeaf.DOUBLE -> from.getDouble();
      case ParquetLeaf.INT96 -> take(from, 12);
      case ParquetLeaf.FIXED -> take(from, leaf.length());
      default -> take(from, from.getInt());
    };
  }

  private static byte[] take(ByteBuffer from, int length) {
    if (length < 0 || length > from.remaining()) {
      throw new ExchangeException("a value ends after its page");
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  private Object[] looked(Object @Nullable [] dictionary) {
    if (dictionary == null) {
      throw new ExchangeException("a page needs a dictionary that is not there");
    }
    Object[] values = new Object[count];
    if (count == 0) {
      return values;
    }
    int[] places = ParquetLevels.read(in, in.get(), count);
    for (int i = 0; i < count; i++) {
      if (places[i] < 0 || places[i] >= dictionary.length) {
        throw new ExchangeException("a page points outside of its dictionary");
      }
      values[i] = dictionary[places[i]];
    }
    return values;
  }

  private Object[] runs() {
    if (leaf.physical() != ParquetLeaf.BOOLEAN) {
      throw new ExchangeException("runs are for truth values");
    }
    in.getInt();
    int[] bits = ParquetLevels.read(in, 1, count);
    return Arrays.stream(bits).mapToObj(bit -> bit == 1).toArray();
  }

  /** Numbers as differences in blocks of miniblocks, each with its own width. */
  private long[] deltas() {
    long block = ParquetLevels.longVarint(in);
    long minis = ParquetLevels.longVarint(in);
    long total = ParquetLevels.longVarint(in);
    long value = zigzag();
    if (minis < 1
        || minis > 512
        || block < 1
        || block > 1 << 20
        || block % (minis * 32) != 0
        || total < 0
        || total > ParquetColumn.VALUES_MAX) {
      throw new ExchangeException("differences with an impossible head");
    }
    long[] numbers = new long[(int) total];
    int done = 0;
    if (total > 0) {
      numbers[done++] = value;
    }
    while (done < total) {
      done = block(numbers, done, (int) minis, (int) (block / minis));
    }
    return numbers;
  }

  /** Fills the numbers from {@code from}; returns the place after the last one. */
  private int block(long[] numbers, int from, int minis, int size) {
    long least = zigzag();
    int widths = in.position();
    in.position(widths + minis);
    int done = from;
    for (int mini = 0; mini < minis && done < numbers.length; mini++) {
      int width = in.get(widths + mini) & 0xff;
      int start = in.position();
      if (width > 64) {
        throw new ExchangeException("differences of " + width + " bits");
      }
      requireBytes((long) width * size / 8);
      for (int i = 0; i < size && done < numbers.length; i++) {
        long delta = ParquetLevels.bits(in, start, (long) i * width, width);
        numbers[done] = numbers[done - 1] + least + delta;
        done++;
      }
      in.position(start + width * size / 8);
    }
    return done;
  }

  private long zigzag() {
    long raw = ParquetLevels.longVarint(in);
    return raw >>> 1 ^ -(raw & 1);
  }

  private Object[] numbers(long[] deltas) {
    requireCount(deltas.length);
    boolean narrow = leaf.physical() == ParquetLeaf.INT32;
    return Arrays.stream(deltas).mapToObj(n -> narrow ? (Object) (int) n : (Object) n).toArray();
  }

  private Object[] lengths() {
    long[] lengths = deltas();
    requireCount(lengths.length);
    Object[] values = new Object[count];
    for (int i = 0; i < count; i++) {
      values[i] = take(in, Math.toIntExact(lengths[i]));
    }
    return values;
  }

  private Object[] prefixes() {
    long[] shared = deltas();
    Object[] suffixes = lengths();
    requireCount(shared.length);
    byte[] before = new byte[0];
    for (int i = 0; i < count; i++) {
      byte[] suffix = (byte[]) suffixes[i];
      if (shared[i] < 0 || shared[i] > before.length) {
        throw new ExchangeException("a value shares more than there is");
      }
      byte[] value = Arrays.copyOf(before, (int) shared[i] + suffix.length);
      System.arraycopy(suffix, 0, value, (int) shared[i], suffix.length);
      suffixes[i] = value;
      before = value;
    }
    return suffixes;
  }

  /** First bytes of all values, then their second bytes, and so on. */
  private Object[] split() {
    int width =
        switch (leaf.physical()) {
          case ParquetLeaf.INT32, ParquetLeaf.FLOAT -> 4;
          case ParquetLeaf.INT64, ParquetLeaf.DOUBLE -> 8;
          case ParquetLeaf.FIXED -> leaf.length();
          default -> throw new ExchangeException("split bytes are for numbers");
        };
    requireBytes((long) width * count);
    int start = in.position();
    Object[] values = new Object[count];
    ByteBuffer value = ByteBuffer.allocate(width).order(in.order());
    for (int i = 0; i < count; i++) {
      for (int b = 0; b < width; b++) {
        value.put(b, in.get(start + b * count + i));
      }
      values[i] = one(value.rewind());
    }
    return values;
  }

  private void requireBytes(long bytes) {
    if (bytes > in.remaining()) {
      throw new ExchangeException("a page ends too early");
    }
  }

  private void requireCount(int found) {
    if (found != count) {
      throw new ExchangeException("a page has " + found + " values instead of " + count);
    }
  }
}
