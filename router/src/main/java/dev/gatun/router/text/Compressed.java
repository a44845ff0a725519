package dev.gatun.router.text;

import java.util.List;

/**
 * A text from which sentences were left out.
 *
 * @param text the sentences that were kept, in their order, with one space between them
 * @param originalTokens estimated tokens of the whole text
 * @param sentences those that were weighed
 */
public record Compressed(String text, long originalTokens, List<Sentence> sentences) {
  public Compressed {
    sentences = List.copyOf(sentences);
  }

  /**
   * One sentence.
   *
   * @param index its place in the text, from 0
   * @param tokens estimated length of the whole sentence
   * @param kept what of it was kept: all, a part, or nothing as the empty text
   * @param keptTokens estimated length of that
   */
  public record Sentence(
      int index, String text, long tokens, Scores scores, String kept, long keptTokens) {
    public boolean isKept() {
      return !kept.isEmpty();
    }
  }

  /**
   * Why a sentence was kept or not.
   *
   * @param textRank 0 to 1, as all others
   * @param composite weighted mean of the four
   */
  public record Scores(
      double textRank, double position, double tfidf, double novelty, double composite) {}

  /** Estimated tokens of what was kept. */
  public long tokens() {
    return sentences.stream().mapToLong(Sentence::keptTokens).sum();
  }

  /** Share of the tokens that was kept, 0 to 1. */
  public double ratio() {
    return (double) tokens() / originalTokens;
  }
}
