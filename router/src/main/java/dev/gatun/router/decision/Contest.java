package dev.gatun.router.decision;

import dev.gatun.router.decision.Verdict.DecidedBy;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.rule.OpenRule;
import dev.gatun.router.rule.Prospect;
import dev.gatun.router.rule.Prospect.Truth;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import dev.gatun.router.signal.SignalView;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The decisions of a profile while some signals are not known yet: which of them can still win, and
 * what that depends on. Planned once per configuration, immutable and safe to share.
 */
public final class Contest {
  private final List<Decision> decisions;
  private final List<OpenRule> rules;
  private final Ranking ranking;

  /**
   * Plans the judgement.
   *
   * @param table the one that the signals to be judged are recorded with
   */
  public Contest(
      SignalTable table, List<Decision> decisions, Strategy strategy, Compatibility compatibility) {
    this.decisions = List.copyOf(decisions);
    rules = decisions.stream().map(d -> OpenRule.of(d.rule(), table, compatibility)).toList();
    ranking = new Ranking(decisions, strategy, compatibility);
  }

  /**
   * The signals that can still change which decision wins, or which of its models answers. When
   * there are none, the decision that wins with what is recorded wins with everything.
   *
   * @param known whether it is final what is recorded of a signal
   */
  public Set<SignalKey> undecided(SignalView hits, Predicate<SignalKey> known) {
    List<Prospect> prospects = rules.stream().map(rule -> rule.judge(hits, known)).toList();
    List<DecidedBy[]> regimes = regimes(prospects);
    Orders orders = new Orders(prospects, regimes);
    List<Integer> contenders = orders.contenders();
    Set<SignalKey> undecided = new LinkedHashSet<>();
    for (int i : contenders) {
      if (orders.matters(i, contenders)) {
        rules.get(i).undecided(hits, known, undecided);
      }
    }
    if (regimes.size() > 1 && contenders.size() > 1) {
      // Whether a decision with a tier matches decides about the order, even where it cannot win.
      for (int i = 0; i < decisions.size(); i++) {
        if (decisions.get(i).tier() > 0 && prospects.get(i).truth() == Truth.OPEN) {
          rules.get(i).undecided(hits, known, undecided);
        }
      }
    }
    if (contenders.size() == 1 && undecided.isEmpty()) {
      choosing(decisions.get(contenders.getFirst())).filter(known.negate()).forEach(undecided::add);
    }
    return undecided;
  }

  /**
   * What the choice among the models of a decision may depend on: which domain made it match, and
   * so which part of its rule did.
   */
  private static Stream<SignalKey> choosing(Decision decision) {
    boolean byDomain = decision.rule().keys().anyMatch(key -> key.family() == Family.DOMAIN);
    return byDomain && decision.candidates().size() > 1 ? decision.rule().keys() : Stream.empty();
  }

  /** The orders that may be in force: upstream's depends on which decisions match. */
  private List<DecidedBy[]> regimes(List<Prospect> prospects) {
    if (!ranking.dependsOnMatches()) {
      return List.<DecidedBy[]>of(ranking.fields(false));
    }
    boolean matches = false;
    boolean mayMatch = false;
    for (int i = 0; i < decisions.size(); i++) {
      if (decisions.get(i).tier() > 0) {
        matches |= prospects.get(i).truth() == Truth.HOLDS;
        mayMatch |= prospects.get(i).truth() == Truth.OPEN;
      }
    }
    return !matches && mayMatch
        ? List.of(ranking.fields(false), ranking.fields(true))
        : List.<DecidedBy[]>of(ranking.fields(matches));
  }

  /** The decisions as far as they are judged, and every order they may be in. */
  private final class Orders {
    private final List<Prospect> prospects;
    private final List<DecidedBy[]> regimes;

    Orders(List<Prospect> prospects, List<DecidedBy[]> regimes) {
      this.prospects = prospects;
      this.regimes = regimes;
    }

    /** Those that may match and that no decision surely comes before that surely matches. */
    List<Integer> contenders() {
      List<Integer> contenders = new ArrayList<>();
      for (int i = 0; i < prospects.size(); i++) {
        if (prospects.get(i).truth() != Truth.FAILS && !isBeaten(i)) {
          contenders.add(i);
        }
      }
      return contenders;
    }

    private boolean isBeaten(int i) {
      for (int j = 0; j < prospects.size(); j++) {
        if (j != i && prospects.get(j).truth() == Truth.HOLDS && isBefore(j, i)) {
          return true;
        }
      }
      return false;
    }

    private boolean isBefore(int i, int j) {
      return regimes.stream()
          .allMatch(fields ->
              ranking.isSurelyBefore(
                  fields,
                  decisions.get(i),
                  prospects.get(i).confidence(),
                  decisions.get(j),
                  prospects.get(j).confidence()));
    }

    /** Whether the winner may depend on what is not known of a contender. */
    boolean matters(int i, List<Integer> contenders) {
      return switch (prospects.get(i).truth()) {
        case OPEN -> true;
        case FAILS -> false;
        case HOLDS ->
            !prospects.get(i).isConfidenceKnown()
                && contenders.stream().anyMatch(j -> j != i && !isBefore(i, j) && !isBefore(j, i));
      };
    }
  }
}
