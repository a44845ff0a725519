package dev.gatun.inference.ffm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** Two numbers that the library stores while it opens a model, for any thread to read. */
public final class NativeProgress {

  private static final VarHandle NUMBER = JAVA_LONG.arrayElementVarHandle();

  private final MemorySegment numbers = Arena.ofAuto().allocate(JAVA_LONG, 2);

  /** Work that is done. */
  public long done() {
    return (long) NUMBER.getOpaque(numbers, 0L, 0L);
  }

  /** Work in all, as far as it is known. */
  public long total() {
    return (long) NUMBER.getOpaque(numbers, 0L, 1L);
  }

  MemorySegment segment() {
    return numbers;
  }
}
