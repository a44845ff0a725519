package dev.gatun.server.classify;

import dev.gatun.inference.Inference;
import dev.gatun.inference.LoadOptions;
import dev.gatun.server.inference.ModelStore;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What tasks are opened with. The engine starts when the first task asks for it, so that a task
 * without a model needs no native library; it is owned here and closed after the tasks.
 */
public final class Resources implements AutoCloseable {
  private final Supplier<Inference> engine;
  private final ModelStore store;
  private final LoadOptions load;
  private Optional<Inference> opened = Optional.empty();

  /**
   * Opens nothing yet.
   *
   * @param store the models that come with Gatun
   * @param load how models are loaded
   */
  public Resources(Supplier<Inference> engine, ModelStore store, LoadOptions load) {
    this.engine = engine;
    this.store = store;
    this.load = load;
  }

  synchronized Inference inference() {
    if (opened.isEmpty()) {
      opened = Optional.of(engine.get());
    }
    return opened.get();
  }

  ModelStore store() {
    return store;
  }

  LoadOptions load() {
    return load;
  }

  @Override
  public synchronized void close() {
    opened.ifPresent(Inference::close);
    opened = Optional.empty();
  }
}
