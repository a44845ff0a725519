package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.projection.ProjectionTrace;
import dev.gatun.router.projection.ProjectionTrace.BoostTrace;
import dev.gatun.router.projection.ProjectionTrace.Contender;
import dev.gatun.router.projection.ProjectionTrace.InputTrace;
import dev.gatun.router.projection.ProjectionTrace.MappingTrace;
import dev.gatun.router.projection.ProjectionTrace.OutputTrace;
import dev.gatun.router.projection.ProjectionTrace.PartitionTrace;
import dev.gatun.router.projection.ProjectionTrace.ScoreTrace;
import dev.gatun.router.projection.Score.Subject;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.server.wire.Json;

/** The trace of projections as the management API writes it, layout 1. */
final class ProjectionWords {
  private ProjectionWords() {}

  static ObjectNode trace(ProjectionTrace trace) {
    ObjectNode root = Json.object().put("schema_version", ProjectionTrace.SCHEMA_VERSION);
    ArrayNode partitions = root.putArray("partitions");
    trace.partitions().forEach(each -> partition(each, partitions.addObject()));
    ArrayNode boosts = root.putArray("boosts");
    for (BoostTrace boost : trace.boosts()) {
      boosts
          .addObject()
          .put("decision_name", boost.decision())
          .put("target", boost.target())
          .put("weight", boost.weight());
    }
    ArrayNode scores = root.putArray("scores");
    trace.scores().forEach(each -> score(each, scores.addObject()));
    ArrayNode mappings = root.putArray("mappings");
    trace.mappings().forEach(each -> mapping(each, mappings.addObject()));
    return root;
  }

  /** Totals by name. */
  static ObjectNode scores(ProjectionTrace trace) {
    ObjectNode scores = Json.object();
    trace.scores().forEach(score -> scores.put(score.name(), score.total()));
    return scores;
  }

  private static void partition(PartitionTrace trace, ObjectNode to) {
    to.put("group_name", trace.group());
    to.put("signal_type", trace.family().type());
    to.put("semantics", trace.semantics().word());
    to.put("temperature", trace.temperature());
    ArrayNode contenders = to.putArray("contenders");
    for (Contender contender : trace.contenders()) {
      ObjectNode item =
          contenders
              .addObject()
              .put("name", contender.name())
              .put("raw_score", contender.rawScore());
      contender.normalizedScore().ifPresent(share -> item.put("normalized_score", share));
    }
    to.put("winner", trace.winner());
    to.put("winner_score", trace.winnerScore());
    to.put("raw_winner_score", trace.rawWinnerScore());
    to.put("margin", trace.margin());
    to.put("default_used", trace.defaultUsed());
  }

  private static void score(ScoreTrace trace, ObjectNode to) {
    to.put("name", trace.name()).put("total", trace.total());
    ArrayNode inputs = to.putArray("inputs");
    for (InputTrace input : trace.inputs()) {
      ObjectNode item = inputs.addObject();
      subject(input.subject(), item);
      item.put("weight", input.weight());
      item.put("value", input.value());
      item.put("contribution", input.contribution());
    }
  }

  private static void subject(Subject subject, ObjectNode to) {
    switch (subject) {
      case Subject.Matched(SignalKey key, double _, double _) -> signal(key, "binary", to);
      case Subject.Confidence(SignalKey key) -> signal(key, "confidence", to);
      case Subject.Raw(SignalKey key) -> signal(key, "raw", to);
      case Subject.Metric(String kb, String metric) ->
          to.put("type", "kb_metric").put("kb", kb).put("metric", metric);
      case Subject.OfScore(String name) ->
          to.put("type", "projection").put("name", name).put("value_source", "score");
      case Subject.OfOutput(String name) ->
          to.put("type", "projection").put("name", name).put("value_source", "confidence");
    }
  }

  private static void signal(SignalKey key, String source, ObjectNode to) {
    to.put("type", key.family().type()).put("name", key.name()).put("value_source", source);
  }

  private static void mapping(MappingTrace trace, ObjectNode to) {
    to.put("mapping_name", trace.mapping());
    to.put("source_score", trace.source());
    to.put("score_value", trace.score());
    to.put("selected_output", trace.firstSelected().orElse(""));
    ArrayNode selected = to.putArray("selected_outputs");
    trace.selected().forEach(selected::add);
    to.put("confidence", trace.confidence());
    to.put("boundary_distance", trace.boundaryDistance());
    ArrayNode outputs = to.putArray("outputs");
    for (OutputTrace output : trace.outputs()) {
      ObjectNode item = outputs.addObject();
      item.put("name", output.name()).put("matched", output.matched());
      item.put("boundary_distance", output.boundaryDistance());
    }
  }
}
