package dev.gatun.router.rule;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.rule.Prospect.Truth;
import dev.gatun.router.rule.Rule.All;
import dev.gatun.router.rule.Rule.Any;
import dev.gatun.router.rule.Rule.Despite;
import dev.gatun.router.rule.Rule.Measured;
import dev.gatun.router.rule.Rule.Not;
import dev.gatun.router.rule.Rule.On;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import dev.gatun.router.signal.SignalView;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A rule that can be judged while some of its signals are not known yet. When all are known it says
 * the same as {@link PlannedRule}. Immutable and safe to share.
 */
public final class OpenRule {
  private final Part root;

  private OpenRule(Part root) {
    this.root = root;
  }

  /** Plans the judgement of a rule over signals that are recorded with a table. */
  public static OpenRule of(Rule rule, SignalTable table, Compatibility compatibility) {
    return new OpenRule(part(rule, table, compatibility));
  }

  /**
   * What is certain.
   *
   * @param known whether it is final what is recorded of a signal
   */
  public Prospect judge(SignalView hits, Predicate<SignalKey> known) {
    return root.judge(hits, known);
  }

  /** Adds the signals that can still change the judgement. */
  public void undecided(SignalView hits, Predicate<SignalKey> known, Set<SignalKey> into) {
    root.undecided(hits, known, into);
  }

  private static Part part(Rule rule, SignalTable table, Compatibility compatibility) {
    return switch (rule) {
      case On _, Measured _, Despite _ -> {
        SignalKey key = rule.keys().findFirst().orElseThrow();
        yield new Leaf(key, PlannedRule.of(rule, table, compatibility));
      }
      case All(List<Rule> of) -> new Every(parts(of, table, compatibility));
      case Any(List<Rule> of) -> new Some(parts(of, table, compatibility));
      case Not(Rule of) -> new None(part(of, table, compatibility));
    };
  }

  private static List<Part> parts(
      List<Rule> rules, SignalTable table, Compatibility compatibility) {
    return rules.stream().map(rule -> part(rule, table, compatibility)).toList();
  }

  private sealed interface Part {
    Prospect judge(SignalView hits, Predicate<SignalKey> known);

    List<Part> parts();

    default void undecided(SignalView hits, Predicate<SignalKey> known, Set<SignalKey> into) {
      if (!judge(hits, known).isFinal()) {
        parts().forEach(part -> part.undecided(hits, known, into));
      }
    }
  }

  /** A condition of one signal. */
  private record Leaf(SignalKey key, PlannedRule rule) implements Part {
    @Override
    public Prospect judge(SignalView hits, Predicate<SignalKey> known) {
      if (!known.test(key)) {
        return Prospect.open(Double.NaN);
      }
      double confidence = rule.evaluate(hits);
      return Double.isNaN(confidence) ? Prospect.fails() : Prospect.holds(confidence);
    }

    @Override
    public List<Part> parts() {
      return List.of();
    }

    @Override
    public void undecided(SignalView hits, Predicate<SignalKey> known, Set<SignalKey> into) {
      if (!known.test(key)) {
        into.add(key);
      }
    }
  }

  /** One that fails decides; the mean needs every confidence. */
  private record Every(List<Part> parts) implements Part {
    @Override
    public Prospect judge(SignalView hits, Predicate<SignalKey> known) {
      Truth truth = Truth.HOLDS;
      double sum = 0;
      for (Part part : parts) {
        Prospect prospect = part.judge(hits, known);
        if (prospect.truth() == Truth.FAILS) {
          return Prospect.fails();
        }
        truth = prospect.truth() == Truth.OPEN ? Truth.OPEN : truth;
        sum += prospect.confidence();
      }
      return new Prospect(truth, parts.isEmpty() ? 0 : sum / parts.size());
    }
  }

  /** One that holds decides; the highest confidence may be one that is not known. */
  private record Some(List<Part> parts) implements Part {
    @Override
    public Prospect judge(SignalView hits, Predicate<SignalKey> known) {
      Truth truth = Truth.FAILS;
      double best = Double.NEGATIVE_INFINITY;
      for (Part part : parts) {
        Prospect prospect = part.judge(hits, known);
        switch (prospect.truth()) {
          case HOLDS -> {
            truth = Truth.HOLDS;
            best = Math.max(best, prospect.confidence());
          }
          case OPEN -> {
            truth = truth == Truth.HOLDS ? truth : Truth.OPEN;
            best = Double.NaN;
          }
          case FAILS -> {}
        }
      }
      return truth == Truth.FAILS ? Prospect.fails() : new Prospect(truth, best);
    }
  }

  /** It is certain of itself whatever the other's confidence is. */
  private record None(Part negated) implements Part {
    @Override
    public Prospect judge(SignalView hits, Predicate<SignalKey> known) {
      return switch (Objects.requireNonNull(negated.judge(hits, known).truth())) {
        case HOLDS -> Prospect.fails();
        case FAILS -> Prospect.holds(1.0);
        case OPEN -> Prospect.open(1.0);
      };
    }

    @Override
    public List<Part> parts() {
      return List.of(negated);
    }
  }
}
