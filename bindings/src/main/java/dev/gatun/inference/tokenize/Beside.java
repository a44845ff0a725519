package dev.gatun.inference.tokenize;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Work that runs on a thread of its own beside the caller's, because a start waits for both.
 *
 * @param <T> its result
 */
public final class Beside<T> {

  private final CompletableFuture<T> result;

  private Beside(CompletableFuture<T> result) {
    this.result = result;
  }

  /** Begins. */
  public static <T> Beside<T> start(String thread, Supplier<T> work) {
    return new Beside<>(
        CompletableFuture.supplyAsync(
            work, task -> Thread.ofPlatform().daemon().name(thread).start(task)));
  }

  /** Waits, and throws what the work has thrown. */
  public T join() {
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      if (e.getCause() instanceof Error known) {
        throw known;
      }
      throw e;
    }
  }
}
