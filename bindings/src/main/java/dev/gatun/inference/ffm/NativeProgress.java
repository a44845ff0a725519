package dev.gatun.inference.ffm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import java.util.function.Function;

/** Two numbers that the library stores while it opens a model, for any thread to read. */
public final class NativeProgress {

  private static final VarHandle NUMBER = JAVA_LONG.arrayElementVarHandle();
  private static final long DONE = 0;
  private static final long TOTAL = 1;

  // Both guarded by this: a reader is never in memory that is being freed.
  private Optional<MemorySegment> memory = Optional.empty();
  private long[] last = {0, 0};

  /** Work that is done. */
  public long done() {
    return number(DONE);
  }

  /** Work in all, as far as it is known. */
  public long total() {
    return number(TOTAL);
  }

  /**
   * Calls body with the memory of the two numbers, which lives until body returns. Its address goes
   * into a structure, where the JDK does not see it: memory that lived as long as something refers
   * to it would be freed while the library still counts there.
   */
  <R> R during(Function<MemorySegment, R> body) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment numbers = arena.allocate(JAVA_LONG, 2);
      show(Optional.of(numbers));
      try {
        return body.apply(numbers);
      } finally {
        show(Optional.empty());
      }
    }
  }

  private synchronized void show(Optional<MemorySegment> numbers) {
    last = new long[] {done(), total()};
    memory = numbers;
  }

  private synchronized long number(long index) {
    return memory
        .map(numbers -> (long) NUMBER.getOpaque(numbers, 0L, index))
        .orElse(last[(int) index]);
  }
}
