package dev.gatun.router.projection;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.projection.Mapping.Output;
import dev.gatun.router.projection.ProjectionTrace.InputTrace;
import dev.gatun.router.projection.ProjectionTrace.MappingTrace;
import dev.gatun.router.projection.ProjectionTrace.OutputTrace;
import dev.gatun.router.projection.ProjectionTrace.ScoreTrace;
import dev.gatun.router.projection.Score.Input;
import dev.gatun.router.projection.Score.Subject;
import dev.gatun.router.rule.PlannedRule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits.Recorder;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Computes scores, and after each of them its mappings. Immutable and safe to share. */
final class Scoring {
  private final List<Planned> planned = new ArrayList<>();
  private final boolean upstream;

  /**
   * Plans the evaluation. A score is left out when nobody asks a family that it reads: what it
   * would be computed from is not known, and no output may stand for a guess. Upstream guesses.
   *
   * @param asked families that requests are asked about
   */
  Scoring(
      SignalTable table, Projections projections, Set<Family> asked, Compatibility compatibility) {
    upstream = compatibility == Compatibility.UPSTREAM_0_3;
    // Upstream computes scores only for the sake of their mappings.
    if (upstream && projections.mappings().isEmpty()) {
      return;
    }
    Sources sources = new Sources(projections);
    for (Score score : Order.of(projections.scores(), projections.mappings()).scores()) {
      Set<Family> families = sources.ofScore(score.name());
      if (!upstream && !asked.containsAll(families)) {
        continue;
      }
      List<Optional<PlannedRule>> conditions =
          score.inputs().stream()
              .map(i -> i.when().map(rule -> PlannedRule.of(rule, table, compatibility)))
              .toList();
      List<Mapping> mappings =
          projections.mappings().stream().filter(m -> m.source().equals(score.name())).toList();
      planned.add(new Planned(score, families, conditions, mappings));
    }
  }

  private record Planned(
      Score score,
      Set<Family> families,
      List<Optional<PlannedRule>> conditions,
      List<Mapping> mappings) {}

  Run run(Recorder recorder, Map<String, Double> added) {
    Run run = new Run(recorder);
    for (Planned each : planned) {
      if (!upstream && recorder.isSkipped(each.families)) {
        continue;
      }
      double score = run.score(each, added.getOrDefault(each.score.name(), 0.0));
      each.mappings.forEach(mapping -> run.map(mapping, score));
    }
    return run;
  }

  /** The evaluation of one request. */
  final class Run {
    private final Recorder recorder;
    private final Map<String, Double> totals = new HashMap<>();
    private final List<ScoreTrace> scores = new ArrayList<>();
    private final List<MappingTrace> mappings = new ArrayList<>();

    private Run(Recorder recorder) {
      this.recorder = recorder;
    }

    List<ScoreTrace> scores() {
      return scores;
    }

    List<MappingTrace> mappings() {
      return mappings;
    }

    private double score(Planned planned, double boost) {
      Score score = planned.score;
      List<InputTrace> traces = new ArrayList<>();
      double sum = 0;
      double weights = 0;
      for (int i = 0; i < score.inputs().size(); i++) {
        Input input = score.inputs().get(i);
        boolean counts =
            planned.conditions.get(i).isEmpty()
                || !Double.isNaN(planned.conditions.get(i).get().evaluate(recorder));
        double value = counts ? value(input.subject()) : 0;
        double contribution = input.weight() * value;
        sum += contribution;
        weights += Math.abs(input.weight());
        traces.add(new InputTrace(input.subject(), input.weight(), value, contribution));
      }
      double scaled = score.normalized() && weights > 0 ? sum / weights : sum;
      double clipped = score.clip().isPresent() ? score.clip().get().apply(scaled) : scaled;
      double total = clipped + boost;
      totals.put(score.name(), total);
      scores.add(new ScoreTrace(score.name(), total, traces));
      return total;
    }

    private double value(Subject subject) {
      return switch (subject) {
        case Subject.Matched(SignalKey key, double match, double miss) ->
            Double.isNaN(confidence(key)) ? miss : match;
        case Subject.Confidence(SignalKey key) -> zeroIfAbsent(confidence(key));
        case Subject.Raw(SignalKey key) -> zeroIfAbsent(recorder.value(key));
        case Subject.Metric metric -> zeroIfAbsent(recorder.value(metric.key()));
        case Subject.OfScore(String name) -> totals.getOrDefault(name, 0.0);
        case Subject.OfOutput(String name) ->
            zeroIfAbsent(recorder.confidence(new SignalKey(Family.PROJECTION, name)));
      };
    }

    /**
     * Confidence of a signal that counts as matched, else NaN. Upstream knows neither other names
     * of domains nor, at this point, roles, and takes a confidence of 0 for certainty.
     */
    private double confidence(SignalKey key) {
      if (!upstream) {
        return recorder.confidence(key);
      }
      return key.family() != Family.AUTHZ && recorder.isMatched(key)
          ? PlannedRule.confidence(recorder.confidence(key), true)
          : Double.NaN;
    }

    private void map(Mapping mapping, double score) {
      List<String> selected = new ArrayList<>();
      List<OutputTrace> outputs = new ArrayList<>();
      double nearest = 0;
      for (Output output : mapping.outputs()) {
        boolean matched = output.bounds().holds(score);
        double distance = output.bounds().nearest(score);
        outputs.add(new OutputTrace(output.name(), matched, distance));
        boolean emits =
            switch (mapping.method()) {
              case THRESHOLD_BANDS -> matched && selected.isEmpty();
              case MULTI_EMIT -> matched;
            };
        if (emits) {
          recorder.match(output.key(), mapping.confidence(distance));
          nearest = selected.isEmpty() ? distance : nearest;
          selected.add(output.name());
        }
      }
      double confidence = selected.isEmpty() ? 0 : mapping.confidence(nearest);
      mappings.add(
          new MappingTrace(
              mapping.name(), mapping.source(), score, selected, confidence, nearest, outputs));
    }

    private static double zeroIfAbsent(double value) {
      return Double.isNaN(value) ? 0 : value;
    }
  }
}
