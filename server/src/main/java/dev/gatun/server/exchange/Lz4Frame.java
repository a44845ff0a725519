package dev.gatun.server.exchange;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Unpacks LZ4 frames whose blocks may refer to those before them, as Arrow's buffers have (LZ4
 * Frame Format Description 1.6.1, LZ4 Block Format Description). Checksums are passed over: the
 * length is known, and what comes out is validated as columns.
 */
final class Lz4Frame {
  private static final int MAGIC = 0x184D2204;
  private static final int MATCH_MIN = 4;

  private final ByteBuffer in;
  private final byte[] out;
  private int at;

  private Lz4Frame(byte[] packed, int length) {
    this.in = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    this.out = new byte[length];
  }

  /** The plain bytes; empty when the frame is damaged or has another length. */
  static Optional<byte[]> unpacked(byte[] packed, int length) {
    var frame = new Lz4Frame(packed, length);
    try {
      frame.run();
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.of(frame.out).filter(_ -> frame.at == length);
  }

  private void run() {
    if (in.getInt() != MAGIC) {
      throw new IllegalArgumentException("no LZ4 frame");
    }
    int flags = in.get();
    in.get();
    int optional = ((flags & 8) == 0 ? 0 : Long.BYTES) + ((flags & 1) == 0 ? 0 : Integer.BYTES);
    in.position(in.position() + optional + 1);
    int checksum = (flags & 16) == 0 ? 0 : Integer.BYTES;
    for (int head = in.getInt(); head != 0; head = in.getInt()) {
      int size = head & Integer.MAX_VALUE;
      int end = in.position() + size;
      if (head < 0) {
        literals(size);
      } else {
        block(end);
      }
      in.position(end + checksum);
    }
  }

  /** Sequences of literals and a match; the last has no match. */
  private void block(int end) {
    while (in.position() < end) {
      int token = in.get() & 0xff;
      literals(length(token >>> 4));
      if (in.position() >= end) {
        return;
      }
      int from = at - (in.getShort() & 0xffff);
      int length = length(token & 15) + MATCH_MIN;
      if (from < 0 || from == at || length > out.length - at) {
        throw new IllegalArgumentException("a match outside of the data");
      }
      // Byte by byte: a match may overlap what it makes.
      for (int i = 0; i < length; i++) {
        out[at + i] = out[from + i];
      }
      at += length;
    }
  }

  private int length(int nibble) {
    int length = nibble;
    if (nibble == 15) {
      int part;
      do {
        part = in.get() & 0xff;
        length = Math.addExact(length, part);
      } while (part == 255);
    }
    return length;
  }

  private void literals(int length) {
    if (length > out.length - at) {
      throw new IllegalArgumentException("more than was stated");
    }
    in.get(out, at, length);
    at += length;
  }
}
