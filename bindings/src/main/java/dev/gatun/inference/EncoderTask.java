package dev.gatun.inference;

/**
 * One of several tasks on a trunk: a head, or an adapter with a head, over a loaded model. Requests
 * name it through {@link Output#of(EncoderTask)}; one call computes what tasks share once. Safe for
 * use by any number of threads.
 */
public interface EncoderTask extends AutoCloseable {

  /** Facts about the task; answers after {@link #close} as well. */
  TaskInfo info();

  /**
   * Releases the task. Waits for calls that run it; requests still queued fail with {@link
   * InferenceException.Closed}. A second call does nothing. Closing the model closes its tasks.
   */
  @Override
  void close();
}
