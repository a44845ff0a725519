package dev.gatun.router;

import static dev.gatun.router.Cases.at;
import static dev.gatun.router.Cases.has;
import static dev.gatun.router.Cases.items;
import static dev.gatun.router.Cases.number;
import static dev.gatun.router.Cases.text;
import static dev.gatun.router.Cases.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.Cases.Case;
import dev.gatun.router.config.Node;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.projection.EmbeddingCut;
import dev.gatun.router.projection.Mapping;
import dev.gatun.router.projection.Mapping.Output;
import dev.gatun.router.projection.Partition;
import dev.gatun.router.projection.ProjectionStage;
import dev.gatun.router.projection.ProjectionTrace;
import dev.gatun.router.projection.Projections;
import dev.gatun.router.projection.Score;
import dev.gatun.router.projection.Score.Input;
import dev.gatun.router.projection.Score.Subject;
import dev.gatun.router.projection.Uses;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.Predicate.Bound;
import dev.gatun.router.signal.SignalHits.Hit;
import dev.gatun.router.signal.SignalHits.Recorder;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of v0.3 for projections, under {@code compatibility: upstream-0.3}. */
class ProjectionConformanceTest {
  private static final double EXACT = 1e-9;

  @TestFactory
  Stream<DynamicTest> partitions() throws IOException {
    return tests("cases/unit/partition.jsonl", ProjectionConformanceTest::partition);
  }

  @TestFactory
  Stream<DynamicTest> projections() throws IOException {
    return tests("cases/unit/projection.jsonl", ProjectionConformanceTest::projection);
  }

  @TestFactory
  Stream<DynamicTest> cuts() throws IOException {
    return tests("cases/unit/embedding.jsonl", ProjectionConformanceTest::cut);
  }

  private interface Check {
    void run(Case c);
  }

  private static Stream<DynamicTest> tests(String file, Check check) throws IOException {
    return Cases.of(file).stream().map(c -> DynamicTest.dynamicTest(c.id(), () -> check.run(c)));
  }

  private static void partition(Case c) {
    List<String> embeddings = texts(at(c.input("declared"), "embeddings"));
    List<Partition> partitions =
        items(c.input("partitions")).stream().map(node -> partition(node, embeddings)).toList();
    Projections all = new Projections(partitions, List.of(), List.of(), Map.of(), List.of());
    Recorder recorder = recorder(c.input("signals"), all);
    stage(recorder, all, EmbeddingCut.none());
    Map<String, List<String>> matched = new TreeMap<>();
    for (Hit hit : recorder.finish().matched()) {
      matched
          .computeIfAbsent(hit.key().family().type(), type -> new ArrayList<>())
          .add(hit.key().name());
    }
    Map<String, List<String>> expected = new TreeMap<>();
    if (at(at(c.expect(), "matched"), "$same") instanceof Node.Mapping types) {
      types.entries().forEach(entry -> expected.put(entry.key(), texts(entry.value())));
    }
    assertEquals(expected, matched);
    assertConfidences(c, recorder, hit -> hit.confidence() > 0);
  }

  private static void projection(Case c) {
    Node node = c.input("projections");
    List<Score> scores = items(at(node, "scores")).stream().map(s -> score(s)).toList();
    List<Mapping> mappings = items(at(node, "mappings")).stream().map(m -> mapping(m)).toList();
    Projections all = Projections.of(scores, mappings);
    Recorder recorder = recorder(c.input("signals"), all);
    ProjectionTrace trace = stage(recorder, all, EmbeddingCut.none());
    List<String> emitted =
        recorder.matched(Family.PROJECTION).stream().map(hit -> hit.key().name()).toList();
    assertEquals(texts(at(c.expect(), "matched")), emitted);
    Node expected = at(at(c.expect(), "scores"), "$same");
    for (ProjectionTrace.ScoreTrace score : trace.scores()) {
      assertEquals(number(expected, score.name()), score.total(), EXACT, score.name());
    }
    assertConfidences(c, recorder, hit -> hit.key().family() == Family.PROJECTION);
  }

  private static void cut(Case c) {
    String most = text(c.input(), "top_k");
    Recorder recorder = new Recorder(SignalTable.of(List.of()));
    for (String name : texts(c.input("matched"))) {
      double confidence = number(c.input("confidences"), "embedding:" + name);
      recorder.match(new SignalKey(Family.EMBEDDING, name), confidence);
    }
    boolean isUnset = most.isEmpty() || most.equals("null");
    EmbeddingCut cut = EmbeddingCut.to(isUnset ? 1 : Integer.parseInt(most));
    stage(recorder, Projections.none(), cut);
    List<String> kept =
        recorder.matched(Family.EMBEDDING).stream().map(hit -> hit.key().name()).toList();
    assertEquals(texts(at(c.expect(), "matched")), kept);
    assertConfidences(c, recorder, hit -> true);
  }

  private static void assertConfidences(
      Case c, Recorder recorder, java.util.function.Predicate<Hit> counts) {
    Map<String, Double> found = new TreeMap<>();
    recorder.finish().matched().stream()
        .filter(counts)
        .forEach(hit -> found.put(hit.key().toString(), hit.confidence()));
    Set<String> names = new LinkedHashSet<>();
    Node expected = at(at(c.expect(), "confidences"), "$exact");
    if (expected instanceof Node.Mapping mapping) {
      mapping.entries().forEach(entry -> names.add(entry.key()));
    }
    assertEquals(names, found.keySet());
    names.forEach(name -> assertEquals(number(expected, name), found.get(name), EXACT, name));
  }

  private static ProjectionTrace stage(Recorder recorder, Projections all, EmbeddingCut cut) {
    return new ProjectionStage(table(recorder, all), all, cut, Compatibility.UPSTREAM_0_3)
        .apply(recorder);
  }

  private static SignalTable table(Recorder recorder, Projections all) {
    LinkedHashSet<SignalKey> keys = new LinkedHashSet<>();
    recorder.finish().matched().forEach(hit -> keys.add(hit.key()));
    Uses.named(all).forEach(keys::add);
    return SignalTable.of(keys);
  }

  private static Recorder recorder(Node signals, Projections all) {
    Recorder names = new Recorder(SignalTable.of(List.of()));
    record(signals, names);
    Recorder recorder = new Recorder(table(names, all));
    record(signals, recorder);
    return recorder;
  }

  private static void record(Node signals, Recorder recorder) {
    if (at(signals, "matched") instanceof Node.Mapping matched) {
      for (Node.Entry entry : matched.entries()) {
        for (String name : texts(entry.value())) {
          SignalKey key = key(entry.key() + ":" + name);
          recorder.match(key, number(at(signals, "confidences"), key.toString()));
        }
      }
    }
    for (String values : List.of("values", "kb_metrics")) {
      if (at(signals, values) instanceof Node.Mapping mapping) {
        for (Node.Entry entry : mapping.entries()) {
          recorder.value(key(entry.key()), number(mapping, entry.key()));
        }
      }
    }
  }

  private static SignalKey key(String text) {
    String[] parts = text.split(":", 2);
    if (parts[0].equals("kb_metric")) {
      String[] metric = parts[1].split(":", 2);
      return SignalKey.kbMetric(metric[0], metric[1]);
    }
    return new SignalKey(Family.ofType(parts[0]).orElseThrow(), parts[1]);
  }

  private static Partition partition(Node node, List<String> embeddings) {
    List<String> members = texts(at(node, "members"));
    return new Partition(
        text(node, "name"),
        embeddings.contains(members.getFirst()) ? Family.EMBEDDING : Family.DOMAIN,
        Partition.Semantics.valueOf(text(node, "semantics").toUpperCase(Locale.ROOT)),
        members,
        Optional.of(text(node, "default")).filter(name -> !name.isEmpty()),
        number(node, "temperature"));
  }

  private static Score score(Node node) {
    List<Input> inputs = new ArrayList<>();
    for (Node input : items(at(node, "inputs"))) {
      inputs.add(Input.of(subject(input), number(input, "weight")));
    }
    return Score.of(text(node, "name"), inputs.toArray(Input[]::new));
  }

  private static Subject subject(Node input) {
    String type = text(input, "type");
    String source = text(input, "value_source");
    String name = text(input, "name");
    if (type.equals("kb_metric")) {
      return new Subject.Metric(text(input, "kb"), text(input, "metric"));
    }
    if (type.equals("projection")) {
      return source.equals("confidence") ? new Subject.OfOutput(name) : new Subject.OfScore(name);
    }
    SignalKey key = key(type + ":" + name);
    double match = number(input, "match");
    return switch (source) {
      case "confidence" -> new Subject.Confidence(key);
      case "raw" -> new Subject.Raw(key);
      default -> new Subject.Matched(key, match == 0 ? 1 : match, number(input, "miss"));
    };
  }

  private static Mapping mapping(Node node) {
    List<Output> outputs = new ArrayList<>();
    for (Node output : items(at(node, "outputs"))) {
      Predicate bounds = new Predicate(bound(output, "gt", "gte"), bound(output, "lt", "lte"));
      outputs.add(new Output(text(output, "name"), bounds));
    }
    double slope = number(at(node, "calibration"), "slope");
    return new Mapping(
        text(node, "name"),
        text(node, "source"),
        text(node, "method").equals("multi_emit")
            ? Mapping.Method.MULTI_EMIT
            : Mapping.Method.THRESHOLD_BANDS,
        slope > 0 ? slope : Mapping.SLOPE_DEFAULT,
        outputs);
  }

  private static Optional<Bound> bound(Node output, String outside, String inside) {
    if (has(output, outside)) {
      return Optional.of(new Bound(number(output, outside), false));
    }
    return has(output, inside)
        ? Optional.of(new Bound(number(output, inside), true))
        : Optional.empty();
  }
}
