package dev.gatun.inference;

import dev.gatun.inference.ffm.LibraryUnavailable;
import dev.gatun.inference.ffm.NativeError;
import dev.gatun.inference.ffm.NativeLibrary;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The native engine with its lanes. A process needs one; it is safe for all threads.
 *
 * <p>Models loaded through it end with it.
 */
public final class Inference implements AutoCloseable {

  private final Engine engine;
  private final LaneQueue queue;
  private final Lanes lanes;
  private final AtomicBoolean closing = new AtomicBoolean();

  private Inference(Engine engine, InferenceOptions options, LongSupplier clock) {
    this.engine = engine;
    this.queue = new LaneQueue(options, clock);
    this.lanes = new Lanes(engine, queue, options);
  }

  /**
   * Loads the native library, checks that it is of this version, and starts the lanes.
   *
   * @throws InferenceException.Unavailable with the reason and the remedy
   */
  public static Inference open(InferenceOptions options) {
    return over(new NativeEngine(options), options, System::nanoTime);
  }

  /**
   * Keeps this process from instruction sets above one, such as {@code avx2}, unless the variable
   * {@code GATUN_ISA} names one. To be called before anything is opened.
   *
   * @param library libgatun, an absolute path
   * @throws InferenceException.Unavailable when there is none of this name, or a higher one is in
   *     use
   */
  public static void limitIsa(Path library, String name) {
    try {
      NativeLibrary.load(library).limitIsa(name);
    } catch (LibraryUnavailable | NativeError e) {
      throw new InferenceException.Unavailable(String.valueOf(e.getMessage()), e);
    }
  }

  static Inference over(Engine engine, InferenceOptions options, LongSupplier clock) {
    return new Inference(engine, options, clock);
  }

  /** Facts about the library and the machine. */
  public RuntimeInfo runtime() {
    return engine.runtime();
  }

  /**
   * Loads the encoder of a folder in Hugging Face layout. Runs on the calling thread, for as long
   * as reading, checking and packing all weights takes, or mapping them from the cache, and until
   * every lane has made room for its calls.
   *
   * @throws InferenceException.Refused when the folder is not usable
   * @throws InferenceException.Failed when a lane is refused the memory
   * @throws InferenceException.Closed after {@link #close}
   */
  public EncoderModel load(Path directory, LoadOptions options) {
    if (closing.get()) {
      throw new InferenceException.Closed("inference is closed");
    }
    Engine.Model loaded = engine.load(directory, options);
    LoadedModel model = new LoadedModel(directory, loaded, queue);
    List<CompletableFuture<Void>> room;
    try {
      room = queue.open(model);
    } catch (InferenceException.Closed e) {
      loaded.close();
      throw e;
    }
    if (!lanes.onLane()) { // which would wait for itself
      awaitRoom(model, room);
    }
    return model;
  }

  private static void awaitRoom(LoadedModel model, List<CompletableFuture<Void>> room) {
    try {
      room.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      model.close();
      throw e.getCause() instanceof InferenceException reason
          ? reason
          : new InferenceException.Failed("a lane made no room: " + e.getCause(), e);
    }
  }

  /** As {@link #load(Path, LoadOptions)} with the default options. */
  public EncoderModel load(Path directory) {
    return load(directory, LoadOptions.defaults());
  }

  /** Memory for computing, of all lanes together and shared by all models; grows with use. */
  public long workspaceBytes() {
    return lanes.workspaceBytes();
  }

  /** Tokens that wait for a lane, 0 … {@link InferenceOptions#queueTokensMax}. */
  public int waitingTokens() {
    return queue.waitingTokens();
  }

  /**
   * Closes every model and stops the lanes. Calls that run are finished; requests still queued fail
   * with {@link InferenceException.Closed}. A second call does nothing.
   *
   * @throws IllegalStateException on a lane's own thread, that is in an action attached to a future
   *     without an executor
   */
  @Override
  public void close() {
    if (lanes.onLane()) {
      throw new IllegalStateException(
          "close on a lane's own thread would wait for itself: attach the action with …Async");
    }
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    queue.close().forEach(LoadedModel::close);
    lanes.close();
  }
}
