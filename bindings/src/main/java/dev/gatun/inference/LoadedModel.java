package dev.gatun.inference;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A model of the engine behind the queue. */
final class LoadedModel implements EncoderModel {

  private final Path directory;
  private final Engine.Model engine;
  private final LaneQueue queue;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final List<EncoderTask> tasks = new ArrayList<>();

  LoadedModel(Path directory, Engine.Model engine, LaneQueue queue) {
    this.directory = directory;
    this.engine = engine;
    this.queue = queue;
  }

  @Override
  public ModelInfo info() {
    return engine.info();
  }

  @Override
  public WeightOrigin origin() {
    return engine.origin();
  }

  @Override
  public CompletableFuture<Encoded> encode(TokenBatch batch, List<Output> outputs, Duration limit) {
    info().requireFits(batch, outputs);
    Request request =
        new Request(
            this, batch, List.copyOf(outputs), new CompletableFuture<>(), limit, queue.nowNanos());
    queue.add(request);
    var _ =
        request
            .future()
            .whenComplete((_, failure) -> {
              if (failure != null) {
                queue.withdraw(request);
              }
            });
    return request.future();
  }

  @Override
  public EncoderTask task(Path folder, TaskForm form) {
    synchronized (tasks) {
      requireOpen();
      EncoderTask task = engine.task(folder, form);
      tasks.add(task);
      return task;
    }
  }

  @Override
  public Plan plan(TokenBatch batch, List<Output> outputs) {
    info().requireFits(batch, outputs);
    synchronized (tasks) {
      requireOpen();
      return engine.plan(batch, outputs);
    }
  }

  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    InferenceException reason = closed();
    queue.close(this).forEach(future -> future.completeExceptionally(reason));
    queue.awaitIdle(this);
    synchronized (tasks) {
      tasks.forEach(EncoderTask::close);
      engine.close();
    }
  }

  private void requireOpen() {
    if (closing.get()) {
      throw closed();
    }
  }

  InferenceException closed() {
    return new InferenceException.Closed(directory + ": this model is closed");
  }

  Engine.Model engine() {
    return engine;
  }
}
