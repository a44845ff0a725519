package dev.gatun.inference;

/**
 * Facts about a task.
 *
 * @param name of its folder
 * @param pooling of the sequence head, or of the embedding
 * @param normalized whether embeddings are L2-normalised
 * @param labels rows of the classifier, 0 without one
 * @param firstLayer the lowest layer that it adapts; as many as the model has for a head alone
 * @param rank largest of its linear layers, 0 for a head alone
 * @param parameters of its files
 * @param residentBytes memory that only this task holds
 */
public record TaskInfo(
    String name,
    Head head,
    Pooling pooling,
    boolean normalized,
    int labels,
    int firstLayer,
    int rank,
    long parameters,
    long residentBytes) {

  public TaskInfo {
    if (labels < 0 || firstLayer < 0 || rank < 0 || parameters < 0 || residentBytes < 0) {
      throw new IllegalArgumentException("negative count in a task's facts");
    }
    if ((head == Head.NONE) != (labels == 0)) {
      throw new IllegalArgumentException("head " + head + " with " + labels + " labels");
    }
  }
}
