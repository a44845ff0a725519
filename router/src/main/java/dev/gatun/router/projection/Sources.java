package dev.gatun.router.projection;

import dev.gatun.router.projection.Score.Input;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which families must have been asked before it is final what is said of a signal: its own, and
 * those from which projections compute it or by which they change it. For use while planning.
 */
public final class Sources {
  private final Projections projections;
  private final Map<String, Score> scores = new HashMap<>();
  private final Map<String, String> scoreByOutput;

  public Sources(Projections projections) {
    this.projections = projections;
    projections.scores().forEach(score -> scores.putIfAbsent(score.name(), score));
    scoreByOutput = Order.scoreByOutput(projections.mappings());
  }

  /** The families behind one signal, or one output of a mapping. */
  public Set<Family> of(SignalKey key) {
    Walk walk = new Walk();
    walk.signal(key);
    return Collections.unmodifiableSet(walk.families);
  }

  /** The families behind one score. */
  Set<Family> ofScore(String name) {
    Walk walk = new Walk();
    walk.score(name);
    return Collections.unmodifiableSet(walk.families);
  }

  private final class Walk {
    private final Set<Family> families = EnumSet.noneOf(Family.class);
    private final Set<SignalKey> signals = new HashSet<>();
    private final Set<String> read = new HashSet<>();

    void signal(SignalKey key) {
      if (!signals.add(key)) {
        return;
      }
      if (key.family() == Family.PROJECTION) {
        Optional.ofNullable(scoreByOutput.get(key.name())).ifPresent(this::score);
        return;
      }
      families.add(key.family());
      changes(key).flatMap(Rule::keys).forEach(this::signal);
    }

    private void score(String name) {
      Score score = scores.get(name);
      if (score == null || !read.add(name)) {
        return;
      }
      for (Input input : score.inputs()) {
        input.subject().keys().forEach(this::signal);
        input.when().stream().flatMap(Rule::keys).forEach(this::signal);
        Order.needs(input, scoreByOutput).forEach(this::score);
      }
      boosts(name).flatMap(Rule::keys).forEach(this::signal);
    }
  }

  /** The rules by which one signal is taken back or its confidence changes. */
  private Stream<Rule> changes(SignalKey key) {
    if (key.family() == Family.COMPLEXITY) {
      return projections.composers().entrySet().stream()
          .filter(composer -> key.name().startsWith(composer.getKey() + ":"))
          .map(Map.Entry::getValue);
    }
    return key.family() == Family.DOMAIN ? boosts(key.name()) : Stream.empty();
  }

  private Stream<Rule> boosts(String target) {
    return projections.boosts().stream()
        .filter(boost -> boost.weights().containsKey(target))
        .map(Boost::rule);
  }
}
