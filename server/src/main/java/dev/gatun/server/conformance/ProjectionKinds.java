package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.projection.EmbeddingCut;
import dev.gatun.router.projection.ProjectionStage;
import dev.gatun.router.projection.ProjectionTrace;
import dev.gatun.router.projection.Projections;
import dev.gatun.router.projection.Uses;
import dev.gatun.router.signal.EmbeddingSettings;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.FamilyRun;
import dev.gatun.router.signal.SignalHits.Hit;
import dev.gatun.router.signal.SignalHits.Recorder;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import dev.gatun.server.wire.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Partitions, scores and mappings over given signals. */
final class ProjectionKinds {
  /** Of a match without a recorded confidence, which does not contend. */
  private static final double MISSING = Double.NaN;

  private final Compatibility compatibility;

  private ProjectionKinds(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  static Map<String, Kind> of(Compatibility compatibility) {
    ProjectionKinds kinds = new ProjectionKinds(compatibility);
    return Map.of(
        "partition.apply", kinds::partition,
        "projection.evaluate", kinds::projection,
        "embedding.top_k", kinds::cut);
  }

  private ObjectNode partition(Input input) {
    Projections all =
        WrittenProjections.partitions(
            input.items("partitions"), input.at("declared").texts("embeddings"));
    Recorder recorder = recorder(input.at("signals"), all, MISSING);
    // A case tells what families found, so they were asked.
    for (Family family : List.of(Family.DOMAIN, Family.EMBEDDING)) {
      recorder.ran(new FamilyRun(family, 0, Optional.empty(), Coverage.NONE));
    }
    apply(recorder, all, EmbeddingCut.none());
    ObjectNode output = Json.object();
    ObjectNode matched = output.putObject("matched");
    ObjectNode confidences = output.putObject("confidences");
    Input given = input.at("signals").at("confidences");
    for (Hit hit : recorder.finish().matched()) {
      matched.withArrayProperty(hit.key().family().type()).add(hit.key().name());
      // A default that nobody scored has a confidence only where one is written.
      if (hit.confidence() > 0
          || given.has(hit.key().toString())
          || (compatibility == Compatibility.GATUN && hit.confidence() == 0)) {
        confidences.put(hit.key().toString(), hit.confidence());
      }
    }
    return output;
  }

  private ObjectNode projection(Input input) {
    Projections all = WrittenProjections.scores(input.at("projections"), compatibility);
    Recorder recorder = recorder(input.at("signals"), all, 0);
    ProjectionTrace trace = apply(recorder, all, EmbeddingCut.none());
    ObjectNode output = Json.object();
    ObjectNode scores = output.putObject("scores");
    trace.scores().forEach(score -> scores.put(score.name(), score.total()));
    return matched(output, recorder.matched(Family.PROJECTION));
  }

  private ObjectNode cut(Input input) {
    Recorder recorder = new Recorder(SignalTable.of(List.of()));
    for (String name : input.texts("matched")) {
      double confidence = input.at("confidences").number("embedding:" + name);
      recorder.match(new SignalKey(Family.EMBEDDING, name), confidence);
    }
    int written = input.has("top_k") ? input.whole("top_k") : EmbeddingSettings.TOP_K_DEFAULT;
    int most = written < 0 ? EmbeddingSettings.TOP_K_DEFAULT : written;
    apply(recorder, Projections.none(), EmbeddingCut.to(most));
    return matched(Json.object(), recorder.matched(Family.EMBEDDING));
  }

  private static ObjectNode matched(ObjectNode output, List<Hit> hits) {
    ArrayNode matched = output.putArray("matched");
    ObjectNode confidences = output.putObject("confidences");
    for (Hit hit : hits) {
      matched.add(hit.key().name());
      confidences.put(hit.key().toString(), hit.confidence());
    }
    return output;
  }

  private ProjectionTrace apply(Recorder recorder, Projections all, EmbeddingCut cut) {
    return new ProjectionStage(table(recorder, all), all, cut, compatibility).apply(recorder);
  }

  /** A recorder of the signals, which knows every name that they or the projections use. */
  private Recorder recorder(Input signals, Projections all, double missing) {
    Recorder names = new Recorder(SignalTable.of(List.of()));
    record(signals, names, missing);
    Recorder recorder = new Recorder(table(names, all));
    record(signals, recorder, missing);
    return recorder;
  }

  private static SignalTable table(Recorder recorder, Projections all) {
    Set<SignalKey> keys = new LinkedHashSet<>();
    recorder.finish().matched().forEach(hit -> keys.add(hit.key()));
    Uses.named(all).forEach(keys::add);
    return SignalTable.of(List.copyOf(keys));
  }

  /**
   * Records the signals.
   *
   * @param missing how sure upstream is of a match that nobody is sure of
   */
  private void record(Input signals, Recorder recorder, double missing) {
    Input confidences = signals.at("confidences");
    signals
        .members("matched")
        .forEach((type, names) -> {
          for (String name : names.texts()) {
            SignalKey key = WrittenProjections.key(type + ":" + name);
            boolean isMissing =
                compatibility == Compatibility.UPSTREAM_0_3 && !confidences.has(key.toString());
            double sure = isMissing ? missing : Confidences.of(key, confidences, compatibility);
            recorder.match(key, sure);
          }
        });
    for (String values : List.of("values", "kb_metrics")) {
      signals
          .members(values)
          .forEach((name, value) ->
              recorder.value(WrittenProjections.key(name), value.json().asDouble()));
    }
  }
}
