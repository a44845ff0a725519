package dev.gatun.router.text;

import dev.gatun.router.text.Compressed.Scores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Weighs the sentences of a text against one another. */
public final class SentenceScores {
  private SentenceScores() {}

  static List<Scores> of(List<String> sentences, CompressionWeights weights) {
    CompressionWeights share = weights.normalized();
    TermVectors vectors = new TermVectors(sentences);
    double[] rank = scaled(TextRank.scores(vectors.cosines()));
    double[] position = positions(sentences.size(), weights.depth());
    double[] tfidf = scaled(vectors.densities());
    // What has no weight is not computed, and reads 0.
    double[] novelty =
        share.novelty() == 0 ? new double[sentences.size()] : scaled(vectors.novelties());
    List<Scores> scores = new ArrayList<>();
    for (int i = 0; i < sentences.size(); i++) {
      double composite =
          share.textRank() * rank[i]
              + share.position() * position[i]
              + share.tfidf() * tfidf[i]
              + share.novelty() * novelty[i];
      scores.add(new Scores(rank[i], position[i], tfidf[i], novelty[i], composite));
    }
    return scores;
  }

  /**
   * How much each of some sentences counts for its place: 1 at both ends, less in the middle (Liu
   * and others 2024, "Lost in the Middle").
   *
   * @param depth what the middle loses, 0 to 1
   */
  public static double[] positions(int sentences, double depth) {
    double[] positions = new double[sentences];
    for (int i = 0; i < sentences; i++) {
      positions[i] = sentences == 1 ? 1 : 1 - depth * Math.sin(Math.PI * i / (sentences - 1));
    }
    return positions;
  }

  /** Divided by the greatest, if that is above 0. */
  private static double[] scaled(double[] values) {
    double max = Arrays.stream(values).max().orElse(0);
    return max > 0 ? Arrays.stream(values).map(value -> value / max).toArray() : values;
  }
}
