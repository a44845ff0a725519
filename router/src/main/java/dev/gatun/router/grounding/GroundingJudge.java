package dev.gatun.router.grounding;

/**
 * Joins what the network over words and the classifier of tokens say of an answer, as {@code
 * model-cards/hallucination/train.py} fitted it. Immutable.
 *
 * @param network over the evidence of words
 * @param joint the logistic model of the whole answer
 * @param verdict what chances say
 */
public record GroundingJudge(GroundingNetwork network, Joint joint, Verdict verdict) {
  private static final double LEAST = 1e-4;

  /**
   * Weights of the logistic model.
   *
   * @param pair of the logit of the classifier of tokens
   * @param words of the logit of the network
   * @param missing of the share of rarer words that the context lacks
   */
  public record Joint(double pair, double words, double missing, double constant) {
    public Joint {
      if (!Double.isFinite(pair + words + missing + constant)) {
        throw new IllegalArgumentException("weights are finite numbers");
      }
    }
  }

  /** Judges an answer. */
  public Grounding judge(Comparison comparison, PairChances pair) {
    GroundingNetwork.Reading read = network.read(comparison.evidence());
    double[] chances = new double[read.words().length];
    for (int i = 0; i < chances.length; i++) {
      double own = read.words()[i];
      double other = Double.isNaN(pair.words()[i]) ? own : pair.words()[i];
      chances[i] = sigmoid((logit(own) + logit(other)) / 2);
    }
    double score =
        sigmoid(
            joint.pair * logit(pair.score())
                + joint.words * logit(read.score())
                + joint.missing * comparison.missing(network.frequent())
                + joint.constant);
    return verdict.of(comparison.evidence().words(), chances, score);
  }

  private static double logit(double chance) {
    double p = Math.clamp(chance, LEAST, 1 - LEAST);
    return Math.log(p / (1 - p));
  }

  static double sigmoid(double logit) {
    return 1 / (1 + Math.exp(-logit));
  }
}
