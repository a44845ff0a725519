package dev.gatun.inference;

import java.util.List;

/**
 * Results of one request.
 *
 * @param results one matrix per wanted {@link Output}, in the order they were asked for
 */
public record Encoded(List<Matrix> results) {

  public Encoded {
    results = List.copyOf(results);
  }

  /** The only result of a request that asked for one. */
  public Matrix single() {
    if (results.size() != 1) {
      throw new IllegalStateException(results.size() + " results: one expected");
    }
    return results.getFirst();
  }
}
