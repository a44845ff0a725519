package dev.gatun.router.signal;

/**
 * How a text is compared with a set of examples (spec signals §0.6).
 *
 * @param enabled whether similar examples are represented by one of them
 * @param clusterSimilarityThreshold cosine from which two examples are similar
 * @param maxPrototypes the most that are kept; 0 for no limit
 * @param bestWeight share of the best similarity in the score, 0 to 1; the rest is the support
 * @param topM similarities whose mean is the support; 0 for all
 * @param marginThreshold least distance between the best and the second; 0 asks for none
 */
public record PrototypeScoring(
    boolean enabled,
    double clusterSimilarityThreshold,
    int maxPrototypes,
    double bestWeight,
    int topM,
    double marginThreshold) {

  public PrototypeScoring {
    if (!(bestWeight >= 0 && bestWeight <= 1)) {
      throw new IllegalArgumentException("the best weight must be 0 to 1, got " + bestWeight);
    }
    if (maxPrototypes < 0 || topM < 0) {
      throw new IllegalArgumentException("a number of prototypes cannot be negative");
    }
  }

  public static PrototypeScoring byDefault() {
    return new PrototypeScoring(true, 0.9, 8, 0.75, 2, 0);
  }
}
