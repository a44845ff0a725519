package dev.gatun.inference;

import java.nio.file.Path;
import java.util.List;

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

  /** Opens a lane for the calling thread, which alone uses and closes it. */
  Lane openLane();

  /** A loaded model. */
  interface Model extends AutoCloseable {
    ModelInfo info();

    WeightOrigin origin();

    /** Releases it; called once, when no lane runs it. */
    @Override
    void close();
  }

  /** Runs one call at a time. */
  interface Lane extends AutoCloseable {
    Encoded run(Model model, TokenBatch batch, List<Output> outputs);

    @Override
    void close();
  }
}
