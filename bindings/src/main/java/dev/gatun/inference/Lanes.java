package dev.gatun.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The threads that make native calls. Platform threads, because a native call holds its carrier: on
 * a virtual thread it would stop others.
 */
final class Lanes implements AutoCloseable {

  static final String THREAD_NAME = "gatun-lane-";

  private final Engine engine;
  private final LaneQueue queue;
  private final List<Thread> threads = new ArrayList<>();

  /**
   * Starts the lanes and waits until each is ready.
   *
   * @throws InferenceException.Unavailable when one cannot be opened
   */
  Lanes(Engine engine, LaneQueue queue, int lanes) {
    this.engine = engine;
    this.queue = queue;
    List<CompletableFuture<Void>> ready = new ArrayList<>();
    for (int i = 0; i < lanes; i++) {
      CompletableFuture<Void> lane = new CompletableFuture<>();
      threads.add(Thread.ofPlatform().daemon().name(THREAD_NAME, i).start(() -> serve(lane)));
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

  /** Whether the calling thread is a lane, which can wait for no lane. */
  boolean onLane() {
    return threads.contains(Thread.currentThread());
  }

  private void serve(CompletableFuture<Void> ready) {
    try (Engine.Lane lane = engine.openLane()) {
      ready.complete(null);
      while (true) {
        List<Request> call = queue.take();
        if (call.isEmpty()) {
          return;
        }
        serve(lane, call);
      }
    } catch (RuntimeException | Error e) {
      if (!ready.completeExceptionally(e)) {
        throw e;
      }
    }
  }

  /**
   * Runs one call. Its futures complete after the model counts as idle: what depends on them may
   * close the model on this very thread.
   */
  private void serve(Engine.Lane lane, List<Request> call) {
    LoadedModel model = call.getFirst().model();
    Runnable completion;
    try {
      completion = run(lane, model, call);
    } finally {
      queue.finished(model);
    }
    completion.run();
  }

  private static Runnable run(Engine.Lane lane, LoadedModel model, List<Request> call) {
    try {
      PackedCall packed = new PackedCall(call);
      Encoded whole = lane.run(model.engine(), packed.batch(), call.getFirst().outputs());
      List<Encoded> parts = packed.split(whole);
      return () -> {
        for (int i = 0; i < call.size(); i++) {
          call.get(i).future().complete(parts.get(i));
        }
      };
    } catch (RuntimeException | Error e) {
      return call.size() == 1 ? failure(call.getFirst(), e) : oneByOne(lane, model, call);
    }
  }

  /** After a failed shared call: none fails for what a neighbour asked. */
  private static Runnable oneByOne(Engine.Lane lane, LoadedModel model, List<Request> call) {
    List<Runnable> completions =
        call.stream().map(request -> run(lane, model, List.of(request))).toList();
    return () -> completions.forEach(Runnable::run);
  }

  private static Runnable failure(Request request, Throwable cause) {
    InferenceException reason =
        cause instanceof InferenceException known
            ? known
            : new InferenceException.Failed("the engine failed: " + cause, cause);
    return () -> request.future().completeExceptionally(reason);
  }
}
