package dev.gatun.router.model;

/**
 * Which of the two documented semantics a configuration asks for. The second reproduces the results
 * of vLLM Semantic Router v0.3 where ours differ on purpose.
 */
public enum Compatibility {
  GATUN("gatun"),
  UPSTREAM_0_3("upstream-0.3");

  private final String word;

  Compatibility(String word) {
    this.word = word;
  }

  /** The word written in {@code global.router.compatibility}. */
  public String word() {
    return word;
  }

  /**
   * What is recorded for a match of a family for which upstream records nothing, which its
   * decisions take for certainty.
   */
  public double confidence(double probability) {
    return switch (this) {
      case GATUN -> probability;
      case UPSTREAM_0_3 -> 1.0;
    };
  }
}
