package dev.gatun.inference;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What computes under the lanes: the native library, or a scripted one in tests. */
interface Engine {

  /** Facts about the engine. */
  RuntimeInfo runtime();

  /**
   * Loads a folder.
   *
   * @throws InferenceException.Refused when the folder is not usable
   */
  Model load(Path directory, LoadOptions options);

  /**
   * Opens a lane for the calling thread, which alone uses and closes it.
   *
   * @param number of the lane, from 0
   */
  Lane openLane(int number);

  /** A loaded model. */
  interface Model extends AutoCloseable {
    ModelInfo info();

    WeightOrigin origin();

    /**
     * Opens a task over this model, which outlives it. Its {@code close} waits for calls that run
     * it; a call with a closed one fails with {@link InferenceException.Closed}.
     *
     * @throws InferenceException.Refused when the folder is not usable
     */
    EncoderTask task(Path directory, TaskForm form);

    Plan plan(TokenBatch batch, List<Output> outputs);

    /** Releases it; called once, when no lane runs it. */
    @Override
    void close();
  }

  /** Runs one call at a time; a long one may be under way in pieces besides. */
  interface Lane extends AutoCloseable {
    /** Makes room for calls of up to so many tokens. */
    void reserve(Model model, int tokens);

    Encoded run(Model model, TokenBatch batch, List<Output> outputs);

    /** Begins what {@link #advance} computes. None is under way. */
    void begin(Model model, TokenBatch batch, List<Output> outputs);

    /**
     * Goes on with what was begun.
     *
     * @param budget after which it pauses
     * @return empty when it paused
     */
    Optional<Encoded> advance(Duration budget);

    /** Drops what was begun. */
    void cancel();

    /** Memory it holds besides the models'. */
    long workspaceBytes();

    @Override
    void close();
  }
}
