package dev.gatun.router.port;

import dev.gatun.router.text.TokenEstimate;

/** What is known of how many tokens models make of a text. */
@FunctionalInterface
public interface Tokens {
  /**
   * How to count for a model.
   *
   * @param model as the client asked for it; a name that nothing is known of, such as an automatic
   *     one, gets what holds for all models
   */
  TokenEstimate estimate(String model);

  /** What holds before anything was observed. */
  static Tokens uncalibrated() {
    return _ -> TokenEstimate.UNCALIBRATED;
  }
}
