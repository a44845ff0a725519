package dev.gatun.router.signal;

/**
 * How matches of embedding rules are chosen (spec signals §6).
 *
 * @param softMatching whether rules below their own threshold may match when none is above
 * @param minScoreThreshold the score such a match needs
 * @param topK matches that are kept; 0 keeps all
 */
public record EmbeddingSettings(
    PrototypeScoring scoring, boolean softMatching, double minScoreThreshold, int topK) {

  public static final int TOP_K_DEFAULT = 1;

  public EmbeddingSettings {
    if (topK < 0) {
      throw new IllegalArgumentException("a number of matches cannot be negative: " + topK);
    }
  }

  public static EmbeddingSettings byDefault() {
    return new EmbeddingSettings(PrototypeScoring.byDefault(), true, 0.5, TOP_K_DEFAULT);
  }
}
