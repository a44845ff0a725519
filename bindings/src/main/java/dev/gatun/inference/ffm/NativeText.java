package dev.gatun.inference.ffm;

import dev.gatun.inference.abi.gatun_error;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Text that the library writes into a buffer of ours, as {@code gatun_runtime_describe} does. */
final class NativeText {

  private static final int BYTES = 4096;

  private NativeText() {}

  /** A function that writes at most {@code capacity} bytes and returns the length of it all. */
  interface Writer {
    long write(MemorySegment text, long capacity, MemorySegment error);
  }

  /**
   * All of the text.
   *
   * @throws NativeError when the function fails
   */
  static String read(Writer writer) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment error = gatun_error.allocate(call);
      long capacity = BYTES;
      while (true) {
        MemorySegment text = call.allocate(capacity);
        long length = writer.write(text, capacity, error);
        if (length < 0) {
          throw NativeError.read(error);
        }
        if (length < capacity) {
          return text.getString(0);
        }
        capacity = length + 1;
      }
    }
  }
}
