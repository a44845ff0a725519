package dev.gatun.router.grounding;

/**
 * What a classifier of tokens says of an answer beside its context.
 *
 * @param words for each word of the answer the chance that it is unsupported; NaN of a word without
 *     a token
 * @param whole the chance that anything is
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not changed afterwards
public record PairChances(double[] words, double whole) {
  /** The mean of that of the whole and of its worst word. */
  double score() {
    double worst = 0;
    for (double chance : words) {
      worst = Double.isNaN(chance) ? worst : Math.max(worst, chance);
    }
    return (whole + worst) / 2;
  }
}
