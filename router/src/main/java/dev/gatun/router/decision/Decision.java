package dev.gatun.router.decision;

import dev.gatun.router.model.ModelRef;
import dev.gatun.router.rule.Rule;
import java.util.List;
import java.util.Optional;

/**
 * A named policy: when it holds, one of its candidates answers.
 *
 * @param name unique among the decisions of a file
 * @param priority higher wins
 * @param tier lower wins; 0 means no tier
 * @param candidates empty means the default model
 * @param retention what it says should be kept of the turn
 */
public record Decision(
    String name,
    String description,
    int priority,
    int tier,
    Rule rule,
    List<ModelRef> candidates,
    Optional<Retention> retention) {

  public Decision {
    candidates = List.copyOf(candidates);
  }

  public static Decision of(String name, int priority, Rule rule, ModelRef... candidates) {
    return new Decision(name, "", priority, 0, rule, List.of(candidates), Optional.empty());
  }

  public Decision withTier(int newTier) {
    return new Decision(name, description, priority, newTier, rule, candidates, retention);
  }
}
