package dev.gatun.router.decision;

import dev.gatun.router.decision.Verdict.DecidedBy;
import dev.gatun.router.decision.Verdict.Match;
import dev.gatun.router.decision.Verdict.Winner;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.rule.PlannedRule;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From what the signals say to the decision that holds. Planned once per configuration, immutable
 * and safe to share. It cannot fail.
 */
public final class DecisionStage {
  private static final int NOBODY = -1;

  private final List<Decision> decisions;
  private final PlannedRule[] rules;
  private final Ranking ranking;
  private final Compatibility compatibility;

  /**
   * Plans the evaluation.
   *
   * @param table the one that the hits to be evaluated are recorded with
   */
  public DecisionStage(
      SignalTable table, List<Decision> decisions, Strategy strategy, Compatibility compatibility) {
    this.decisions = List.copyOf(decisions);
    this.compatibility = compatibility;
    rules =
        decisions.stream()
            .map(decision -> PlannedRule.of(decision.rule(), table, compatibility))
            .toArray(PlannedRule[]::new);
    ranking = new Ranking(decisions, strategy, compatibility);
  }

  /** The decisions that match, and why the best of them wins. */
  public Verdict evaluate(SignalHits hits) {
    List<Match> matching = matching(hits);
    return matching.isEmpty()
        ? Verdict.none()
        : new Verdict(matching, Optional.of(winner(matching, hits)));
  }

  /** The index of the winning decision, or -1 when none matches. Allocates nothing. */
  public int winner(SignalHits hits) {
    DecidedBy[] fields = fields(hits);
    int best = NOBODY;
    double sure = 0;
    for (int i = 0; i < rules.length; i++) {
      double confidence = rules[i].evaluate(hits);
      if (!Double.isNaN(confidence)
          && (best == NOBODY
              || ranking.compare(fields, decisions.get(i), confidence, decisions.get(best), sure)
                  < 0)) {
        best = i;
        sure = confidence;
      }
    }
    return best;
  }

  /** All decisions that match, best first. */
  public List<Match> matching(SignalHits hits) {
    List<Match> matching = new ArrayList<>();
    for (int i = 0; i < rules.length; i++) {
      double confidence = rules[i].evaluate(hits);
      if (!Double.isNaN(confidence)) {
        matching.add(new Match(decisions.get(i), confidence));
      }
    }
    DecidedBy[] fields = fields(hits);
    matching.sort((a, b) ->
        ranking.compare(fields, a.decision(), a.confidence(), b.decision(), b.confidence()));
    return matching;
  }

  private DecidedBy[] fields(SignalHits hits) {
    return ranking.fields(ranking.dependsOnMatches() && tierMatches(hits));
  }

  private boolean tierMatches(SignalHits hits) {
    for (int i = 0; i < rules.length; i++) {
      if (decisions.get(i).tier() > 0 && !Double.isNaN(rules[i].evaluate(hits))) {
        return true;
      }
    }
    return false;
  }

  /** How every decision was judged, with all parts of its rule. */
  public Explanation explain(SignalHits hits) {
    return Explanation.of(decisions, hits, compatibility);
  }

  private Winner winner(List<Match> matching, SignalHits hits) {
    Match best = matching.getFirst();
    DecidedBy decidedBy =
        matching.size() == 1
            ? DecidedBy.ONLY_MATCH
            : ranking.difference(
                fields(hits),
                best.decision(),
                best.confidence(),
                matching.get(1).decision(),
                matching.get(1).confidence());
    List<SignalKey> signals = new ArrayList<>();
    rules[decisions.indexOf(best.decision())].collect(hits, signals);
    return new Winner(best.decision(), best.confidence(), signals, decidedBy);
  }
}
