package dev.gatun.router.algorithm;

import dev.gatun.router.model.ModelRef;
import java.util.List;
import java.util.Optional;

/**
 * What an algorithm is asked.
 *
 * @param decision name of the decision that won
 * @param category the first subject that made it match
 * @param candidates at least one
 * @param key identifies the session, or the request when there is no session; equal keys get equal
 *     choices
 */
public record Question(
    String decision, Optional<String> category, List<ModelRef> candidates, String key) {
  public Question {
    candidates = List.copyOf(candidates);
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("there is nothing to choose from");
    }
  }
}
