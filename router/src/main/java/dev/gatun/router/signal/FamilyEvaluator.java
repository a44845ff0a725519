package dev.gatun.router.signal;

import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;

/** One family of a configuration, ready to be asked. Safe for use by many threads. */
@FunctionalInterface
public interface FamilyEvaluator {
  /**
   * Records what the family finds in a request.
   *
   * @return tokens that a model read for it, or why the family could not answer
   */
  Answer<Coverage> evaluate(Facts facts, SignalHits.Recorder recorder);

  /** A family that cannot answer. */
  static FamilyEvaluator failing(String reason) {
    return (_, _) -> Answer.failed(reason);
  }
}
