package dev.gatun.router.decision;

import dev.gatun.router.model.ModelRef;
import java.util.List;

/**
 * A named policy: when it holds, one of its candidates answers.
 *
 * @param name unique among the decisions of a file
 * @param priority higher wins
 * @param tier lower wins; 0 means no tier
 * @param candidates empty means the default model
 */
public record Decision(
    String name, String description, int priority, int tier, Rule rule, List<ModelRef> candidates) {

  public Decision {
    candidates = List.copyOf(candidates);
  }

  public static Decision of(String name, int priority, Rule rule, ModelRef... candidates) {
    return new Decision(name, "", priority, 0, rule, List.of(candidates));
  }

  public Decision withTier(int newTier) {
    return new Decision(name, description, priority, newTier, rule, candidates);
  }
}
