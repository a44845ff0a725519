package dev.gatun.router.projection;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.projection.Mapping.Output;
import dev.gatun.router.projection.Score.Input;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which signals have to be evaluated: those that rules name, and whatever the outputs they name are
 * computed from, at any depth.
 */
public final class Uses {
  private final Map<String, Score> scores = new HashMap<>();
  private final Map<String, String> scoreByOutput;
  private final Set<SignalKey> used = new LinkedHashSet<>();
  private final Set<String> visited = new HashSet<>();

  private Uses(Projections projections) {
    projections.scores().forEach(score -> scores.putIfAbsent(score.name(), score));
    scoreByOutput = Order.scoreByOutput(projections.mappings());
  }

  /**
   * The signals that some rules need, and under our own semantics also members of partitions and
   * what composers ask for.
   *
   * @param rules of decisions
   */
  public static Set<SignalKey> of(
      List<Rule> rules, Projections projections, Compatibility compatibility) {
    Uses uses = new Uses(projections);
    rules.forEach(rule -> rule.keys().forEach(uses::add));
    for (Boost boost : projections.boosts()) {
      boost.rule().keys().forEach(uses::add);
    }
    if (compatibility == Compatibility.GATUN) {
      projections.partitions().forEach(partition -> partition.keys().forEach(uses::add));
      if (uses.used.stream().anyMatch(key -> key.family() == Family.COMPLEXITY)) {
        projections.composers().values().forEach(rule -> rule.keys().forEach(uses::add));
      }
    }
    return uses.used;
  }

  /** Everything that projections read or write, used or not. */
  public static Stream<SignalKey> named(Projections projections) {
    Stream<SignalKey> members = projections.partitions().stream().flatMap(p -> p.keys().stream());
    Stream<SignalKey> inputs =
        projections.scores().stream().flatMap(score -> score.inputs().stream()).flatMap(Uses::keys);
    Stream<SignalKey> outputs =
        projections.mappings().stream().flatMap(m -> m.outputs().stream()).map(Output::key);
    Stream<SignalKey> rules =
        Stream.concat(
                projections.composers().values().stream(),
                projections.boosts().stream().map(Boost::rule))
            .flatMap(Rule::keys);
    return Stream.of(members, inputs, outputs, rules).flatMap(keys -> keys);
  }

  private static Stream<SignalKey> keys(Input input) {
    return Stream.concat(input.subject().keys(), input.when().stream().flatMap(Rule::keys));
  }

  private void add(SignalKey key) {
    if (used.add(key) && key.family() == Family.PROJECTION) {
      Optional.ofNullable(scoreByOutput.get(key.name())).ifPresent(this::addScore);
    }
  }

  private void addScore(String name) {
    Score score = scores.get(name);
    if (score == null || !visited.add(name)) {
      return;
    }
    for (Input input : score.inputs()) {
      keys(input).forEach(this::add);
      Order.needs(input, scoreByOutput).forEach(this::addScore);
    }
  }
}
