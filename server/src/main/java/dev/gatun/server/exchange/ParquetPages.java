package dev.gatun.server.exchange;

import io.airlift.compress.snappy.SnappyCompressor;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The pages of one leaf of a row group that is being written. */
final class ParquetPages {
  private static final int SNAPPY = 1;

  private final List<String> path;
  private final int physical;
  private final int maxDefinition;
  private final int maxRepetition;
  private final ByteArrayOutputStream pages = new ByteArrayOutputStream();
  private final ByteArrayOutputStream values = new ByteArrayOutputStream();
  private int[] definitions = new int[1024];
  private int[] repetitions = new int[1024];
  private int entries;
  private int bits;
  private int bitCount;
  private long chunkEntries;
  private long plainBytes;

  /**
   * @param path names from the column to the leaf
   * @param physical its type, a number of parquet.thrift
   */
  ParquetPages(List<String> path, int physical, int maxDefinition, int maxRepetition) {
    this.path = path;
    this.physical = physical;
    this.maxDefinition = maxDefinition;
    this.maxRepetition = maxRepetition;
  }

  /** An entry; a value follows exactly when it is defined to the end. */
  void level(int repetition, int definition) {
    if (entries == definitions.length) {
      definitions = Arrays.copyOf(definitions, 2 * entries);
      repetitions = Arrays.copyOf(repetitions, 2 * entries);
    }
    repetitions[entries] = repetition;
    definitions[entries++] = definition;
  }

  void truth(boolean value) {
    bits |= (value ? 1 : 0) << bitCount++;
    if (bitCount == Byte.SIZE) {
      flushBits();
    }
  }

  private void flushBits() {
    values.write(bits);
    bits = 0;
    bitCount = 0;
  }

  void int32(int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += 8) {
      values.write(value >>> shift);
    }
  }

  void int64(long value) {
    int32((int) value);
    int32((int) (value >>> 32));
  }

  void bytes(byte[] value) {
    int32(value.length);
    values.writeBytes(value);
  }

  void fixed(byte[] value) {
    values.writeBytes(value);
  }

  /** Makes a page of what came since the last one. */
  void endPage() {
    if (entries == 0) {
      return;
    }
    if (bitCount > 0) {
      flushBits();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    levels(body, repetitions, maxRepetition);
    levels(body, definitions, maxDefinition);
    body.writeBytes(values.toByteArray());
    byte[] plain = body.toByteArray();
    byte[] packed = packed(plain);
    byte[] header = header(plain.length, packed.length);
    pages.writeBytes(header);
    pages.writeBytes(packed);
    plainBytes += header.length + plain.length;
    chunkEntries += entries;
    entries = 0;
    values.reset();
  }

  private byte[] header(int plainLength, int packedLength) {
    int count = entries;
    return ThriftOutput.struct(page -> {
      page.int32(1, 0);
      page.int32(2, plainLength);
      page.int32(3, packedLength);
      page.struct(
          5,
          data -> {
            data.int32(1, count);
            data.int32(2, ParquetValues.PLAIN);
            data.int32(3, ParquetValues.RLE);
            data.int32(4, ParquetValues.RLE);
          });
    });
  }

  private void levels(ByteArrayOutputStream body, int[] levels, int max) {
    if (max > 0) {
      byte[] runs = ParquetLevels.runs(levels, entries, ParquetLevels.width(max));
      for (int shift = 0; shift < Integer.SIZE; shift += 8) {
        body.write(runs.length >>> shift);
      }
      body.writeBytes(runs);
    }
  }

  private static byte[] packed(byte[] plain) {
    SnappyCompressor compressor = new SnappyCompressor();
    byte[] packed = new byte[compressor.maxCompressedLength(plain.length)];
    int length = compressor.compress(plain, 0, plain.length, packed, 0, packed.length);
    return Arrays.copyOf(packed, length);
  }

  /** Bytes of the chunk so far. */
  long bytes() {
    return pages.size();
  }

  /** Bytes of the chunk before compression. */
  long plainBytes() {
    return plainBytes;
  }

  /**
   * What the footer says of the chunk; to be asked before {@link #chunk}.
   *
   * @param place of the chunk in the file
   */
  Consumer<ThriftOutput> metadata(long place) {
    long entriesNow = chunkEntries;
    long plainNow = plainBytes;
    long packedNow = pages.size();
    return chunk -> {
      chunk.int64(2, place);
      chunk.struct(
          3,
          data -> {
            data.int32(1, physical);
            data.int32s(2, List.of(ParquetValues.PLAIN, ParquetValues.RLE));
            data.texts(3, path);
            data.int32(4, SNAPPY);
            data.int64(5, entriesNow);
            data.int64(6, plainNow);
            data.int64(7, packedNow);
            data.int64(9, place);
          });
    };
  }

  /** The chunk; afterwards the next one begins. */
  byte[] chunk() {
    byte[] bytes = pages.toByteArray();
    pages.reset();
    chunkEntries = 0;
    plainBytes = 0;
    return bytes;
  }
}
