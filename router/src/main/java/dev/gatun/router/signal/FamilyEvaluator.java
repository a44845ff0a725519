package dev.gatun.router.signal;

import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embeddings;
import java.util.List;

/** One family of a configuration, ready to be asked. Safe for use by many threads. */
@FunctionalInterface
public interface FamilyEvaluator {
  /**
   * Records what the family finds in a request.
   *
   * @return tokens that a model read for it, or why the family could not answer
   */
  Answer<Coverage> evaluate(Facts facts, SignalHits.Recorder recorder);

  /**
   * The same for a family that compares texts by their vectors.
   *
   * @param vectors of this request; every text is embedded once for all families
   */
  default Answer<Coverage> evaluate(Facts facts, Embeddings vectors, SignalHits.Recorder recorder) {
    return evaluate(facts, recorder);
  }

  /** Texts whose vectors the family will ask for in any case; all families get them at once. */
  default List<String> embedded(Facts facts) {
    return List.of();
  }

  /** A family that cannot answer. */
  static FamilyEvaluator failing(String reason) {
    return (_, _) -> Answer.failed(reason);
  }
}
