package dev.gatun.inference;

import java.nio.file.Path;

/**
 * How to run inference.
 *
 * @param library libgatun, an absolute path
 * @param lanes platform threads that make native calls, 1 … 64
 * @param threadsPerLane native threads that share one call, the lane's own among them, 1 … 256
 * @param queueTokensMax tokens that may wait; a request beyond is refused as {@link
 *     InferenceException.Overloaded}
 */
public record InferenceOptions(Path library, int lanes, int threadsPerLane, int queueTokensMax) {

  private static final String LIBRARY_PROPERTY = "gatun.library";

  /** Two sequences of the longest supported length, or some hundred prompts. */
  private static final int QUEUE_TOKENS_MAX = 65_536;

  /** Beyond this, threads of one call wait for each other more than they compute. */
  private static final int THREADS_PER_LANE_MAX = 16;

  public InferenceOptions {
    if (!library.isAbsolute()) {
      throw new IllegalArgumentException("library " + library + ": an absolute path expected");
    }
    inRange("lanes", lanes, 64);
    inRange("threadsPerLane", threadsPerLane, 256);
    inRange("queueTokensMax", queueTokensMax, Integer.MAX_VALUE);
  }

  /** One lane over all processors: the shortest answer for one request at a time. */
  public static InferenceOptions defaults(Path library) {
    int cpus = Runtime.getRuntime().availableProcessors();
    return new InferenceOptions(
        library.toAbsolutePath(), 1, Math.min(cpus, THREADS_PER_LANE_MAX), QUEUE_TOKENS_MAX);
  }

  /**
   * The defaults with the library named by the system property {@code gatun.library}.
   *
   * @throws InferenceException.Unavailable when the property is not set
   */
  public static InferenceOptions defaults() {
    String library = System.getProperty(LIBRARY_PROPERTY, "");
    if (library.isEmpty()) {
      throw new InferenceException.Unavailable(
          "no native library: set -D"
              + LIBRARY_PROPERTY
              + "=<absolute path of libgatun>, or start Gatun through ./gatun");
    }
    return defaults(Path.of(library));
  }

  private static void inRange(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + " is " + value + ": 1 … " + max + " expected");
    }
  }
}
