package dev.gatun.router.projection;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.projection.ProjectionTrace.BoostTrace;
import dev.gatun.router.rule.PlannedRule;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits.Hit;
import dev.gatun.router.signal.SignalHits.Recorder;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * From what the signals said to what it means: partitions, then composers of complexity, then the
 * cut among embeddings, then boosts, scores and their mappings, strictly in this order. Planned
 * once per configuration; immutable and safe to share.
 */
public final class ProjectionStage {
  private final Projections projections;
  private final Compatibility compatibility;
  private final EmbeddingCut cut;
  private final List<Composer> composers = new ArrayList<>();
  private final List<PlannedBoost> boosts = new ArrayList<>();
  private final Scoring scoring;

  /**
   * Plans the evaluation where every family is asked.
   *
   * @param table the one that signals are recorded with
   */
  public ProjectionStage(
      SignalTable table, Projections projections, EmbeddingCut cut, Compatibility compatibility) {
    this(table, projections, EnumSet.allOf(Family.class), cut, compatibility);
  }

  /**
   * Plans the evaluation.
   *
   * @param table the one that signals are recorded with
   * @param asked families that requests are asked about; scores that read others are not computed
   */
  public ProjectionStage(
      SignalTable table,
      Projections projections,
      Set<Family> asked,
      EmbeddingCut cut,
      Compatibility compatibility) {
    this.projections = projections;
    this.compatibility = compatibility;
    this.cut = cut;
    projections
        .composers()
        .forEach((name, rule) ->
            composers.add(new Composer(name, PlannedRule.of(rule, table, compatibility))));
    Set<String> scores = new HashSet<>();
    projections.scores().forEach(score -> scores.add(score.name()));
    for (Boost boost : projections.boosts()) {
      Rule rule = boost.rule();
      boosts.add(new PlannedBoost(boost, PlannedRule.of(rule, table, compatibility), scores));
    }
    scoring = new Scoring(table, projections, asked, compatibility);
  }

  private record Composer(String name, PlannedRule rule) {}

  private record PlannedBoost(Boost boost, PlannedRule rule, Set<String> scores) {}

  /**
   * Changes what was recorded: takes back what lost, and adds outputs and scores.
   *
   * @return what was computed
   */
  public ProjectionTrace apply(Recorder recorder) {
    Partitions partitions = new Partitions(recorder, compatibility);
    partitions.apply(projections.partitions());
    compose(recorder);
    boolean spares = compatibility == Compatibility.GATUN;
    cut.apply(recorder, spares ? partitions.winners() : Set.of());
    List<BoostTrace> boosted = new ArrayList<>();
    Map<String, Double> added = boost(recorder, boosted);
    Scoring.Run run = scoring.run(recorder, added);
    return new ProjectionTrace(partitions.traces(), boosted, run.scores(), run.mappings());
  }

  /** A complexity rule whose composer does not hold says nothing. */
  private void compose(Recorder recorder) {
    for (Composer composer : composers) {
      if (Double.isNaN(composer.rule.evaluate(recorder))) {
        for (Hit hit : recorder.matched(Family.COMPLEXITY)) {
          if (hit.key().name().startsWith(composer.name + ":")) {
            recorder.drop(hit.key());
          }
        }
      }
    }
  }

  /** What is added to scores, by their names; domains are changed at once. */
  private Map<String, Double> boost(Recorder recorder, List<BoostTrace> traces) {
    Map<String, Double> added = new HashMap<>();
    List<PlannedBoost> holding =
        boosts.stream().filter(b -> !Double.isNaN(b.rule.evaluate(recorder))).toList();
    for (PlannedBoost planned : holding) {
      planned
          .boost
          .weights()
          .forEach((target, weight) -> {
            SignalKey domain = new SignalKey(Family.DOMAIN, target);
            if (planned.scores.contains(target)) {
              added.merge(target, weight, Double::sum);
            } else if (recorder.isMatched(domain)) {
              double sure = recorder.confidence(domain) + weight;
              recorder.adjust(domain, Math.clamp(sure, 0.0, 1.0));
            } else {
              return;
            }
            traces.add(new BoostTrace(planned.boost.decision(), target, weight));
          });
    }
    return added;
  }
}
