package dev.gatun.router.decision;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.rule.PlannedRule;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.rule.Rule.All;
import dev.gatun.router.rule.Rule.Any;
import dev.gatun.router.rule.Rule.Despite;
import dev.gatun.router.rule.Rule.Measured;
import dev.gatun.router.rule.Rule.Not;
import dev.gatun.router.rule.Rule.On;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How every decision was judged. It comes from a second evaluator that looks at every part of every
 * rule; both evaluators always agree.
 */
public record Explanation(List<Judged> decisions) {
  public Explanation {
    decisions = List.copyOf(decisions);
  }

  /** One decision and its rule tree. */
  public record Judged(String decision, boolean matched, double confidence, Trace root) {}

  /** What a trace node stands for. */
  public enum Kind {
    LEAF,
    AND,
    OR,
    NOT
  }

  /**
   * One node of a rule tree.
   *
   * @param signal of a leaf
   * @param confidence 0 when not matched, but upstream gives a NOT what its condition has
   * @param visited whether the fast evaluator looks at this node at all
   */
  public record Trace(
      Kind kind,
      Optional<SignalKey> signal,
      boolean matched,
      double confidence,
      boolean visited,
      List<Trace> children) {
    public Trace {
      children = List.copyOf(children);
    }
  }

  static Explanation of(List<Decision> decisions, SignalHits hits, Compatibility compatibility) {
    Explainer explainer = new Explainer(hits, compatibility == Compatibility.UPSTREAM_0_3);
    List<Judged> judged = new ArrayList<>();
    for (Decision decision : decisions) {
      Trace root = explainer.trace(decision.rule(), true);
      judged.add(new Judged(decision.name(), root.matched(), root.confidence(), root));
    }
    return new Explanation(judged);
  }

  private record Explainer(SignalHits hits, boolean upstream) {
    Trace trace(Rule rule, boolean visited) {
      return switch (rule) {
        case On(SignalKey key) -> leaf(key, visited);
        case Measured(SignalKey key, Predicate bounds) -> measured(key, bounds, visited);
        case Despite(Rule leaf, Family family, boolean matches) -> {
          Trace inner = trace(leaf, visited);
          yield hits.isDegraded(family)
              ? new Trace(Kind.LEAF, inner.signal(), matches, 0, visited, List.of())
              : inner;
        }
        case All(List<Rule> of) -> all(of, visited);
        case Any(List<Rule> of) -> any(of, visited);
        case Not(Rule of) -> {
          Trace child = trace(of, visited);
          double confidence = child.matched() ? (upstream ? child.confidence() : 0) : 1.0;
          yield node(Kind.NOT, !child.matched(), confidence, visited, List.of(child));
        }
      };
    }

    private Trace leaf(SignalKey key, boolean visited) {
      OptionalDouble recorded = hits.confidence(key);
      double confidence =
          recorded.isPresent() ? PlannedRule.confidence(recorded.getAsDouble(), upstream) : 0;
      return new Trace(
          Kind.LEAF, Optional.of(key), recorded.isPresent(), confidence, visited, List.of());
    }

    private Trace measured(SignalKey key, Predicate bounds, boolean visited) {
      OptionalDouble recorded = hits.confidence(key);
      double confidence =
          recorded.isPresent() ? PlannedRule.confidence(recorded.getAsDouble(), upstream) : 1.0;
      double value = hits.value(key);
      boolean isMeasured = !Double.isNaN(value) || recorded.isPresent();
      boolean matched = isMeasured && bounds.holds(Double.isNaN(value) ? confidence : value);
      return new Trace(
          Kind.LEAF, Optional.of(key), matched, matched ? confidence : 0, visited, List.of());
    }

    private Trace all(List<Rule> rules, boolean visited) {
      List<Trace> children = new ArrayList<>();
      boolean matched = true;
      double sum = 0;
      for (Rule rule : rules) {
        Trace child = trace(rule, visited && matched);
        matched &= child.matched();
        sum += child.confidence();
        children.add(child);
      }
      double confidence = matched && !rules.isEmpty() ? sum / rules.size() : 0;
      return node(Kind.AND, matched, confidence, visited, children);
    }

    private Trace any(List<Rule> rules, boolean visited) {
      List<Trace> children = rules.stream().map(rule -> trace(rule, visited)).toList();
      boolean matched = children.stream().anyMatch(Trace::matched);
      double confidence =
          children.stream().filter(Trace::matched).mapToDouble(Trace::confidence).max().orElse(0);
      return node(Kind.OR, matched, confidence, visited, children);
    }

    private static Trace node(
        Kind kind, boolean matched, double confidence, boolean visited, List<Trace> children) {
      return new Trace(kind, Optional.empty(), matched, confidence, visited, children);
    }
  }
}
