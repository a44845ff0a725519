package dev.gatun.inference.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Native memory of one thread that is used again and again, and grows where it has to. */
final class GrowingMemory implements AutoCloseable {

  private static final long ALIGNMENT = 64;

  private final long bytesKept;
  private Arena arena = Arena.ofConfined();
  private MemorySegment held;

  /**
   * Allocates.
   *
   * @param bytesKept to begin with, and after {@link #shrink}
   */
  GrowingMemory(long bytesKept) {
    this.bytesKept = bytesKept;
    this.held = arena.allocate(bytesKept, ALIGNMENT);
  }

  /** At least so many bytes; what an earlier call answered is gone when they are new. */
  MemorySegment atLeast(long bytes) {
    if (bytes > held.byteSize()) {
      replace(bytes);
    }
    return held;
  }

  /** What the last {@link #atLeast} answered. */
  MemorySegment held() {
    return held;
  }

  void shrink() {
    if (held.byteSize() > bytesKept) {
      replace(bytesKept);
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  private void replace(long bytes) {
    Arena fresh = Arena.ofConfined();
    MemorySegment memory;
    try {
      memory = fresh.allocate(bytes, ALIGNMENT);
    } catch (OutOfMemoryError e) {
      fresh.close();
      throw e;
    }
    arena.close();
    arena = fresh;
    held = memory;
  }
}
