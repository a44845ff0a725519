package dev.gatun.server.inference;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Counts the tokens that models read while one piece of work runs on the current thread. */
public final class TokenLog {
  private static final ScopedValue<AtomicInteger> COUNT = ScopedValue.newInstance();

  private TokenLog() {}

  /**
   * The result of counted work.
   *
   * @param tokens special tokens included
   */
  public record Counted<T>(T result, int tokens) {}

  /** Runs the work and counts. */
  public static <T> Counted<T> count(Supplier<T> work) {
    AtomicInteger count = new AtomicInteger();
    T result = ScopedValue.where(COUNT, count).call(work::get);
    return new Counted<>(result, count.get());
  }

  static void add(int tokens) {
    if (COUNT.isBound()) {
      COUNT.get().addAndGet(tokens);
    }
  }
}
