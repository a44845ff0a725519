package dev.gatun.inference;

/** How a task holds the layers it adapts. */
public enum TaskForm {
  /** Factors, applied beside the model's own weights. */
  LOW_RANK,
  /** Its own copies of the adapted layers. */
  MERGED,
  /** Both; each call takes what is cheaper for its set of tasks. */
  BOTH
}
