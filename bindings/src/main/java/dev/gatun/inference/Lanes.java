package dev.gatun.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * The threads that make native calls. Platform threads, because a native call holds its carrier: on
 * a virtual thread it would stop others.
 */
final class Lanes implements AutoCloseable {

  static final String THREAD_NAME = "gatun-lane-";

  private final Engine engine;
  private final LaneQueue queue;
  private final int roomTokens;
  private final AtomicLongArray workspaceBytes;
  private final List<Thread> threads = new ArrayList<>();

  /**
   * Starts the lanes and waits until each is ready.
   *
   * @throws InferenceException.Unavailable when one cannot be opened
   */
  Lanes(Engine engine, LaneQueue queue, InferenceOptions options) {
    this.engine = engine;
    this.queue = queue;
    this.roomTokens = options.tokensPerBatchMax();
    this.workspaceBytes = new AtomicLongArray(options.lanes());
    List<CompletableFuture<Void>> ready = new ArrayList<>();
    for (int i = 0; i < options.lanes(); i++) {
      int number = i;
      CompletableFuture<Void> lane = new CompletableFuture<>();
      threads.add(
          Thread.ofPlatform().daemon().name(THREAD_NAME, i).start(() -> serve(number, lane)));
      ready.add(lane);
    }
    try {
      ready.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      queue.close();
      close();
      throw e.getCause() instanceof InferenceException reason
          ? reason
          : new InferenceException.Unavailable("no lane: " + e.getCause(), e);
    }
  }

  /** Waits for the threads to end, after the queue was closed. */
  @Override
  public void close() {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Memory that the lanes hold besides the models'. */
  long workspaceBytes() {
    return IntStream.range(0, workspaceBytes.length()).mapToLong(workspaceBytes::get).sum();
  }

  /** Whether the calling thread is a lane, which can wait for no lane. */
  boolean onLane() {
    return threads.contains(Thread.currentThread());
  }

  private void serve(int number, CompletableFuture<Void> ready) {
    try (Engine.Lane lane = engine.openLane(number)) {
      ready.complete(null);
      LongConsumer held = bytes -> workspaceBytes.set(number, bytes);
      new LaneLoop(number, lane, queue, roomTokens, held).serve();
    } catch (RuntimeException | Error e) {
      if (!ready.completeExceptionally(e)) {
        throw e;
      }
    }
  }
}
