package dev.gatun.router.decision;

import dev.gatun.router.decision.Rule.All;
import dev.gatun.router.decision.Rule.Any;
import dev.gatun.router.decision.Rule.Not;
import dev.gatun.router.decision.Rule.On;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import java.util.List;

/**
 * A rule with its signals replaced by numbers. Confidence and truth are one value: NaN is false.
 */
sealed interface PlannedRule {
  double FALSE = Double.NaN;

  /** Confidence of the rule, or NaN when it does not hold. Allocates nothing. */
  double evaluate(SignalHits hits);

  /** Adds the leaves that make the rule hold; of a NOT, those that make the other hold. */
  void collect(SignalHits hits, List<SignalKey> into);

  static PlannedRule of(Rule rule, SignalTable table, Compatibility compatibility) {
    boolean upstream = compatibility == Compatibility.UPSTREAM_0_3;
    return switch (rule) {
      case On(SignalKey key) -> new Leaf(key, table.slot(key), upstream);
      case All(List<Rule> rules) -> new Every(plan(rules, table, compatibility));
      case Any(List<Rule> rules) -> new Some(plan(rules, table, compatibility), upstream);
      case Not(Rule negated) -> new None(of(negated, table, compatibility));
    };
  }

  private static PlannedRule[] plan(
      List<Rule> rules, SignalTable table, Compatibility compatibility) {
    return rules.stream().map(r -> of(r, table, compatibility)).toArray(PlannedRule[]::new);
  }

  /** Of a signal; upstream takes a confidence of 0 for certainty. */
  static double confidence(double recorded, boolean upstream) {
    return upstream && recorded <= 0 ? 1.0 : recorded;
  }

  final class Leaf implements PlannedRule {
    private final SignalKey key;
    private final int slot;
    private final boolean upstream;

    Leaf(SignalKey key, int slot, boolean upstream) {
      this.key = key;
      this.slot = slot;
      this.upstream = upstream;
    }

    @Override
    public double evaluate(SignalHits hits) {
      return slot < 0 ? FALSE : confidence(hits.at(slot), upstream);
    }

    @Override
    public void collect(SignalHits hits, List<SignalKey> into) {
      if (!Double.isNaN(evaluate(hits))) {
        into.add(key);
      }
    }
  }

  final class Every implements PlannedRule {
    private final PlannedRule[] rules;

    Every(PlannedRule[] rules) {
      this.rules = rules;
    }

    @Override
    public double evaluate(SignalHits hits) {
      double sum = 0;
      for (PlannedRule rule : rules) {
        double confidence = rule.evaluate(hits);
        if (Double.isNaN(confidence)) {
          return FALSE;
        }
        sum += confidence;
      }
      return rules.length == 0 ? 0 : sum / rules.length;
    }

    @Override
    public void collect(SignalHits hits, List<SignalKey> into) {
      if (Double.isNaN(evaluate(hits))) {
        return;
      }
      for (PlannedRule rule : rules) {
        rule.collect(hits, into);
      }
    }
  }

  final class Some implements PlannedRule {
    private final PlannedRule[] rules;
    private final boolean upstream;

    Some(PlannedRule[] rules, boolean upstream) {
      this.rules = rules;
      this.upstream = upstream;
    }

    @Override
    public double evaluate(SignalHits hits) {
      double best = FALSE;
      for (PlannedRule rule : rules) {
        double confidence = rule.evaluate(hits);
        if (Double.isNaN(best) || confidence > best) {
          best = confidence;
        }
      }
      return best;
    }

    /** The leaves of the best rule; upstream has none when the best confidence is 0. */
    @Override
    public void collect(SignalHits hits, List<SignalKey> into) {
      double best = evaluate(hits);
      if (upstream && best <= 0) {
        return;
      }
      for (PlannedRule rule : rules) {
        if (rule.evaluate(hits) == best) {
          rule.collect(hits, into);
          return;
        }
      }
    }
  }

  final class None implements PlannedRule {
    private final PlannedRule negated;

    None(PlannedRule negated) {
      this.negated = negated;
    }

    @Override
    public double evaluate(SignalHits hits) {
      return Double.isNaN(negated.evaluate(hits)) ? 1.0 : FALSE;
    }

    @Override
    public void collect(SignalHits hits, List<SignalKey> into) {
      negated.collect(hits, into);
    }
  }
}
