package dev.gatun.router.rule;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.rule.Rule.All;
import dev.gatun.router.rule.Rule.Any;
import dev.gatun.router.rule.Rule.Despite;
import dev.gatun.router.rule.Rule.Measured;
import dev.gatun.router.rule.Rule.Not;
import dev.gatun.router.rule.Rule.On;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import dev.gatun.router.signal.SignalView;
import java.util.Arrays;
import java.util.List;

/**
 * A rule with its signals replaced by numbers. Confidence and truth are one value: NaN is false.
 * Immutable and safe to share.
 */
public abstract sealed class PlannedRule {
  /** What a rule that does not hold evaluates to. */
  public static final double FALSE = Double.NaN;

  PlannedRule() {}

  /** Confidence of the rule, or NaN when it does not hold. Allocates nothing. */
  public abstract double evaluate(SignalView hits);

  /** Adds the leaves that make the rule hold; of a NOT, those that make the other hold. */
  public abstract void collect(SignalView hits, List<SignalKey> into);

  /** Plans the evaluation of a rule over signals that are recorded with a table. */
  public static PlannedRule of(Rule rule, SignalTable table, Compatibility compatibility) {
    boolean upstream = compatibility == Compatibility.UPSTREAM_0_3;
    return switch (rule) {
      case On(SignalKey key) -> new Leaf(key, table.slot(key), upstream);
      case Measured(SignalKey key, Predicate bounds) ->
          new Within(key, table.slot(key), bounds, upstream);
      case Despite(Rule leaf, Family family, boolean matches) ->
          new Unless(of(leaf, table, compatibility), family, matches);
      case All(List<Rule> rules) -> new Every(plan(rules, table, compatibility), upstream);
      case Any(List<Rule> rules) -> new Some(plan(rules, table, compatibility), upstream);
      case Not(Rule negated) -> new None(of(negated, table, compatibility));
    };
  }

  private static PlannedRule[] plan(
      List<Rule> rules, SignalTable table, Compatibility compatibility) {
    return rules.stream().map(r -> of(r, table, compatibility)).toArray(PlannedRule[]::new);
  }

  /**
   * The numbers of those rules that are plain signals, -1 for all others: most rules are groups of
   * signals, which are then read without asking each for what it is.
   */
  private static int[] slots(PlannedRule[] rules) {
    return Arrays.stream(rules).mapToInt(r -> r instanceof Leaf leaf ? leaf.slot : -1).toArray();
  }

  /** Of a signal; upstream takes a confidence of 0 for certainty. */
  public static double confidence(double recorded, boolean upstream) {
    return upstream && recorded <= 0 ? 1.0 : recorded;
  }

  /** A signal. */
  static final class Leaf extends PlannedRule {
    private final SignalKey key;
    private final int slot;
    private final boolean upstream;

    Leaf(SignalKey key, int slot, boolean upstream) {
      this.key = key;
      this.slot = slot;
      this.upstream = upstream;
    }

    @Override
    public double evaluate(SignalView hits) {
      return slot < 0 ? FALSE : confidence(hits.at(slot), upstream);
    }

    @Override
    public void collect(SignalView hits, List<SignalKey> into) {
      if (!Double.isNaN(evaluate(hits))) {
        into.add(key);
      }
    }
  }

  /** A comparison of what was measured. */
  static final class Within extends PlannedRule {
    private final SignalKey key;
    private final int slot;
    private final Predicate bounds;
    private final boolean upstream;

    Within(SignalKey key, int slot, Predicate bounds, boolean upstream) {
      this.key = key;
      this.slot = slot;
      this.bounds = bounds;
      this.upstream = upstream;
    }

    @Override
    public double evaluate(SignalView hits) {
      double matched = slot < 0 ? FALSE : confidence(hits.at(slot), upstream);
      double value = hits.value(key);
      double compared = Double.isNaN(value) ? matched : value;
      if (Double.isNaN(compared) || !bounds.holds(compared)) {
        return FALSE;
      }
      return Double.isNaN(matched) ? 1.0 : matched;
    }

    @Override
    public void collect(SignalView hits, List<SignalKey> into) {
      if (!Double.isNaN(evaluate(hits))) {
        into.add(key);
      }
    }
  }

  /** A leaf, or a fixed answer where its family has none. */
  static final class Unless extends PlannedRule {
    private final PlannedRule leaf;
    private final Family family;
    private final double otherwise;

    Unless(PlannedRule leaf, Family family, boolean matches) {
      this.leaf = leaf;
      this.family = family;
      otherwise = matches ? 0 : FALSE;
    }

    @Override
    public double evaluate(SignalView hits) {
      return hits.isDegraded(family) ? otherwise : leaf.evaluate(hits);
    }

    @Override
    public void collect(SignalView hits, List<SignalKey> into) {
      leaf.collect(hits, into);
    }
  }

  /** All of several. */
  static final class Every extends PlannedRule {
    private final PlannedRule[] rules;
    private final int[] slots;
    private final boolean upstream;

    Every(PlannedRule[] rules, boolean upstream) {
      this.rules = rules;
      this.upstream = upstream;
      slots = slots(rules);
    }

    @Override
    public double evaluate(SignalView hits) {
      double sum = 0;
      for (int i = 0; i < rules.length; i++) {
        double confidence =
            slots[i] < 0 ? rules[i].evaluate(hits) : confidence(hits.at(slots[i]), upstream);
        if (Double.isNaN(confidence)) {
          return FALSE;
        }
        sum += confidence;
      }
      return rules.length == 0 ? 0 : sum / rules.length;
    }

    @Override
    public void collect(SignalView hits, List<SignalKey> into) {
      if (Double.isNaN(evaluate(hits))) {
        return;
      }
      for (PlannedRule rule : rules) {
        rule.collect(hits, into);
      }
    }
  }

  /** One of several. */
  static final class Some extends PlannedRule {
    private final PlannedRule[] rules;
    private final int[] slots;
    private final boolean upstream;

    Some(PlannedRule[] rules, boolean upstream) {
      this.rules = rules;
      this.upstream = upstream;
      slots = slots(rules);
    }

    @Override
    public double evaluate(SignalView hits) {
      double best = FALSE;
      for (int i = 0; i < rules.length; i++) {
        double confidence =
            slots[i] < 0 ? rules[i].evaluate(hits) : confidence(hits.at(slots[i]), upstream);
        if (Double.isNaN(best) || confidence > best) {
          best = confidence;
        }
      }
      return best;
    }

    /** The leaves of the best rule; upstream has none when the best confidence is 0. */
    @Override
    public void collect(SignalView hits, List<SignalKey> into) {
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

  /** The contrary of another. */
  static final class None extends PlannedRule {
    private final PlannedRule negated;

    None(PlannedRule negated) {
      this.negated = negated;
    }

    @Override
    public double evaluate(SignalView hits) {
      return Double.isNaN(negated.evaluate(hits)) ? 1.0 : FALSE;
    }

    @Override
    public void collect(SignalView hits, List<SignalKey> into) {
      negated.collect(hits, into);
    }
  }
}
