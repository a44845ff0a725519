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
 * @param plugins types of those that are switched on, each once, in the order of the file
 */
public record Decision(
    String name,
    String description,
    int priority,
    int tier,
    Rule rule,
    List<ModelRef> candidates,
    Optional<Retention> retention,
    List<String> plugins) {

  public Decision {
    candidates = List.copyOf(candidates);
    plugins = List.copyOf(plugins);
  }

  public static Decision of(String name, int priority, Rule rule, ModelRef... candidates) {
    return new Decision(
        name, "", priority, 0, rule, List.of(candidates), Optional.empty(), List.of());
  }

  public Decision withTier(int newTier) {
    return new Decision(name, description, priority, newTier, rule, candidates, retention, plugins);
  }
}
