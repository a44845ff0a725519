package dev.gatun.inference;

import java.nio.file.Path;

/**
 * How to run inference.
 *
 * @param library libgatun, an absolute path
 * @param lanes platform threads that make native calls, 1 … 64; each runs one call at a time
 * @param threadsPerLane native threads that share one call, the lane's own among them, 1 … 256
 * @param pin whether each thread stays on one processor: lane i takes the processors from {@code i
 *     · threadsPerLane} on, counted among those that the process may use
 * @param tokensPerBatchMax tokens of different requests that one call computes together; a longer
 *     request runs by itself
 * @param queueTokensMax tokens that may wait; a request beyond is refused as {@link
 *     InferenceException.Overloaded}
 */
public record InferenceOptions(
    Path library,
    int lanes,
    int threadsPerLane,
    boolean pin,
    int tokensPerBatchMax,
    int queueTokensMax) {

  private static final String LIBRARY_PROPERTY = "gatun.library";

  private static final int TOKENS_PER_BATCH_MAX = 4096;

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
    inRange("tokensPerBatchMax", tokensPerBatchMax, Integer.MAX_VALUE);
    inRange("queueTokensMax", queueTokensMax, Integer.MAX_VALUE);
  }

  /**
   * All processors that this process may use, limits of its container included, on as few lanes as
   * can keep them busy: the shortest answer for one request at a time. Nothing is pinned.
   */
  public static InferenceOptions defaults(Path library) {
    int cpus = Runtime.getRuntime().availableProcessors();
    int lanes = Math.min((cpus + THREADS_PER_LANE_MAX - 1) / THREADS_PER_LANE_MAX, 64);
    int threads = Math.min(cpus / lanes, 256);
    return new InferenceOptions(
        library.toAbsolutePath(), lanes, threads, false, TOKENS_PER_BATCH_MAX, QUEUE_TOKENS_MAX);
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

  /** These options with the processors split evenly over so many lanes. */
  public InferenceOptions withLanes(int count) {
    int cpus = Runtime.getRuntime().availableProcessors();
    return withThreads(count, Math.clamp(cpus / Math.max(count, 1), 1, 256));
  }

  /** These options with other threads. */
  public InferenceOptions withThreads(int lanes, int threadsPerLane) {
    return new InferenceOptions(
        library, lanes, threadsPerLane, pin, tokensPerBatchMax, queueTokensMax);
  }

  /** These options, pinned or not. */
  public InferenceOptions withPin(boolean pin) {
    return new InferenceOptions(
        library, lanes, threadsPerLane, pin, tokensPerBatchMax, queueTokensMax);
  }

  /**
   * These options with other limits, see {@link #tokensPerBatchMax} and {@link #queueTokensMax}.
   */
  public InferenceOptions withTokens(int perBatchMax, int queueMax) {
    return new InferenceOptions(library, lanes, threadsPerLane, pin, perBatchMax, queueMax);
  }

  private static void inRange(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + " is " + value + ": 1 … " + max + " expected");
    }
  }
}
