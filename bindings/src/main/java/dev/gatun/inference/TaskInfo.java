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
 * @param tokenTypes rows of a table of token types that it brings; 0: types are the model's
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
    int tokenTypes,
    long parameters,
    long residentBytes) {

  public TaskInfo {
    if (Math.min(Math.min(labels, firstLayer), Math.min(rank, tokenTypes)) < 0
        || Math.min(parameters, residentBytes) < 0) {
      throw new IllegalArgumentException("negative count in a task's facts");
    }
    if ((head == Head.NONE) != (labels == 0)) {
      throw new IllegalArgumentException("head " + head + " with " + labels + " labels");
    }
  }
}
