package dev.gatun.router.decision;

import dev.gatun.router.decision.Verdict.DecidedBy;
import dev.gatun.router.decision.Verdict.Match;
import dev.gatun.router.decision.Verdict.Winner;
import dev.gatun.router.model.Compatibility;
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

  /** The verdict with all decisions that match. */
  public Verdict evaluate(SignalHits hits) {
    List<Match> matching = new ArrayList<>();
    boolean tierMatched = false;
    for (int i = 0; i < rules.length; i++) {
      double confidence = rules[i].evaluate(hits);
      if (!Double.isNaN(confidence)) {
        matching.add(new Match(decisions.get(i), confidence));
        tierMatched |= decisions.get(i).tier() > 0;
      }
    }
    if (matching.isEmpty()) {
      return Verdict.none();
    }
    DecidedBy[] fields = ranking.fields(tierMatched);
    matching.sort((a, b) ->
        ranking.compare(fields, a.decision(), a.confidence(), b.decision(), b.confidence()));
    return new Verdict(Optional.of(winner(matching, fields, hits)), matching);
  }

  /**
   * The index of the winning decision, or -1 when none matches. The same answer as {@link
   * #evaluate}, without allocating anything.
   */
  public int winner(SignalHits hits) {
    boolean tierMatched = false;
    for (int i = 0; i < rules.length && !tierMatched; i++) {
      tierMatched = decisions.get(i).tier() > 0 && !Double.isNaN(rules[i].evaluate(hits));
    }
    DecidedBy[] fields = ranking.fields(tierMatched);
    int best = -1;
    double bestConfidence = 0;
    for (int i = 0; i < rules.length; i++) {
      double confidence = rules[i].evaluate(hits);
      if (Double.isNaN(confidence)) {
        continue;
      }
      if (best < 0
          || ranking.compare(
                  fields, decisions.get(i), confidence, decisions.get(best), bestConfidence)
              < 0) {
        best = i;
        bestConfidence = confidence;
      }
    }
    return best;
  }

  /** How every decision was judged, with all parts of its rule. */
  public Explanation explain(SignalHits hits) {
    return Explanation.of(decisions, hits, compatibility);
  }

  private Winner winner(List<Match> matching, DecidedBy[] fields, SignalHits hits) {
    Match first = matching.getFirst();
    DecidedBy decidedBy = DecidedBy.ONLY_MATCH;
    if (matching.size() > 1) {
      Match next = matching.get(1);
      decidedBy =
          ranking.difference(
              fields, first.decision(), first.confidence(), next.decision(), next.confidence());
    }
    List<SignalKey> signals = new ArrayList<>();
    rules[decisions.indexOf(first.decision())].collect(hits, signals);
    return new Winner(first.decision(), first.confidence(), signals, decidedBy);
  }
}
