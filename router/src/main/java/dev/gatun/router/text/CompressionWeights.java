package dev.gatun.router.text;

/**
 * What makes a sentence worth keeping.
 *
 * @param textRank weight of being like the other sentences; only its share of the sum of the four
 *     weights counts, and when the sum is not above 0 all four count alike
 * @param position weight of standing near the beginning or the end
 * @param tfidf weight of rare words
 * @param novelty weight of being unlike the other sentences
 * @param depth how much less the middle counts than the ends, 0 to 1
 * @param first how many sentences at the beginning are kept before all others
 * @param last the same at the end
 */
public record CompressionWeights(
    double textRank,
    double position,
    double tfidf,
    double novelty,
    double depth,
    int first,
    int last) {

  /** The same with weights that sum up to 1. */
  CompressionWeights normalized() {
    double sum = textRank + position + tfidf + novelty;
    if (!(sum > 0)) {
      return new CompressionWeights(0.25, 0.25, 0.25, 0.25, depth, first, last);
    }
    return new CompressionWeights(
        textRank / sum, position / sum, tfidf / sum, novelty / sum, depth, first, last);
  }
}
