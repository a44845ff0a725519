package dev.gatun.router.grounding;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

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
    Joined joined = joined(comparison, pair);
    return verdict.of(comparison.evidence().words(), joined.words, joined.score);
  }

  /**
   * What a verdict is made of: the score of the answer, then the chances of its words to be
   * unsupported, in their order and without stops.
   */
  public double[] chances(Comparison comparison, PairChances pair) {
    Joined joined = joined(comparison, pair);
    List<Word> words = comparison.evidence().words();
    DoubleStream ofWords =
        IntStream.range(0, words.size())
            .filter(i -> !words.get(i).stop())
            .mapToDouble(i -> joined.words[i]);
    return DoubleStream.concat(DoubleStream.of(joined.score), ofWords).toArray();
  }

  /** What both models together say. */
  @SuppressWarnings("ArrayRecordComponent") // made here and read only
  private record Joined(double[] words, double score) {}

  private Joined joined(Comparison comparison, PairChances pair) {
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
    return new Joined(chances, score);
  }

  private static double logit(double chance) {
    double p = Math.clamp(chance, LEAST, 1 - LEAST);
    return Math.log(p / (1 - p));
  }

  static double sigmoid(double logit) {
    return 1 / (1 + Math.exp(-logit));
  }
}
