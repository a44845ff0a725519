package dev.gatun.router;

import static dev.gatun.router.Cases.at;
import static dev.gatun.router.Cases.flag;
import static dev.gatun.router.Cases.has;
import static dev.gatun.router.Cases.items;
import static dev.gatun.router.Cases.number;
import static dev.gatun.router.Cases.text;
import static dev.gatun.router.Cases.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.Cases.Case;
import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Documents;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Position;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.signal.Complexity;
import dev.gatun.router.signal.KnowledgeBase;
import dev.gatun.router.signal.PrototypeBank;
import dev.gatun.router.signal.Reask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The cases of v0.3 for signals that compare vectors, under {@code upstream-0.3}. */
class ComparisonConformanceTest {
  private static final Position AT = new Position("case", 1, 1);
  private static final double EXACT = 1e-9;
  private static final double TOLERANCE = 2e-6;

  @TestFactory
  Stream<DynamicTest> prototypes() throws IOException {
    return tests("prototype.jsonl", ComparisonConformanceTest::prototype);
  }

  @TestFactory
  Stream<DynamicTest> complexities() throws IOException {
    return tests(
        "complexity.jsonl",
        c -> {
          OptionalDouble image =
              flag(c.input(), "has_image")
                  ? OptionalDouble.of(number(c.input(), "image_margin"))
                  : OptionalDouble.empty();
          Complexity.Fused fused =
              Complexity.Fused.of(
                  number(c.input(), "text_margin"), image, number(c.input(), "threshold"));
          assertEquals(number(c.expect(), "margin"), fused.margin(), EXACT);
          assertEquals(text(c.expect(), "source"), fused.fromImage() ? "image" : "text");
          assertEquals(text(c.expect(), "difficulty"), fused.difficulty().word());
        });
  }

  @TestFactory
  Stream<DynamicTest> reasks() throws IOException {
    return tests(
        "reask.jsonl",
        c -> {
          switch (c.kind()) {
            case "reask.match" -> reaskMatch(c);
            case "reask.streak" -> reaskStreak(c);
            default -> throw new AssertionError("no test for " + c.kind());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> knowledgeBases() throws IOException {
    return tests("kb.jsonl", ComparisonConformanceTest::knowledgeBase);
  }

  private static void prototype(Case c) {
    List<PrototypeBank.Example> examples = new ArrayList<>();
    for (Node example : items(c.input("examples"))) {
      float[] vector = floats(at(example, "embedding"));
      if (vector.length > 0) {
        examples.add(
            new PrototypeBank.Example(
                text(example, "key"), text(example, "text"), Embedding.of(vector, Coverage.NONE)));
      }
    }
    Node settings = inside(c.input("config"), "prototype_scoring", "complexity", "modules");
    PrototypeBank bank =
        PrototypeBank.of(examples, catalog(settings).global().comparison().complexity(), UPSTREAM);
    PrototypeBank.Score score = bank.score(Embedding.of(floats(c.input("query")), Coverage.NONE));
    assertEquals(number(c.expect(), "score"), score.score(), TOLERANCE);
    assertEquals(number(c.expect(), "best"), score.best(), TOLERANCE);
    assertEquals(number(c.expect(), "support"), score.support(), TOLERANCE);
    assertEquals(number(c.expect(), "prototype_count"), score.count());
    List<Node> expected = items(at(c.expect(), "prototypes"));
    assertEquals(expected.size(), bank.prototypes().size());
    for (int i = 0; i < expected.size(); i++) {
      PrototypeBank.Prototype found = bank.prototypes().get(i);
      assertEquals(text(expected.get(i), "text"), found.example().text());
      assertEquals(number(expected.get(i), "cluster_size"), found.clusterSize());
      assertEquals(number(expected.get(i), "avg_similarity"), found.meanSimilarity(), TOLERANCE);
    }
  }

  private static void reaskMatch(Case c) {
    Node signals = mapping("signals", mapping("reasks", c.input("rules")));
    List<Reask> rules = decode(mapping("routing", signals)).routing().signals().of(Reask.class);
    List<Reask.Match> matches = Reask.matches(rules, numbers(c.input("similarities_newest_first")));
    List<Node> expected = items(at(c.expect(), "matches"));
    assertEquals(expected.size(), matches.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(text(expected.get(i), "rule"), matches.get(i).rule().name());
      assertEquals(number(expected.get(i), "confidence"), matches.get(i).confidence(), TOLERANCE);
      assertEquals(number(expected.get(i), "streak"), matches.get(i).streak());
    }
  }

  private static void reaskStreak(Case c) {
    Reask rule =
        new Reask("r", number(c.input(), "threshold"), (int) number(c.input(), "lookback_turns"));
    Reask.Streak streak = rule.streak(numbers(c.input("similarities")));
    assertEquals(number(c.expect(), "streak"), streak.length());
    assertEquals(number(c.expect(), "min_similarity"), streak.least(), TOLERANCE);
  }

  private static void knowledgeBase(Case c) {
    KnowledgeBase.Scores scores =
        base(c.input("kb")).scores(reals(c.input("label_scores")), Compatibility.UPSTREAM_0_3);
    assertEquals(text(c.expect(), "best_label"), scores.bestLabel().orElse(""));
    assertEquals(text(c.expect(), "best_group"), scores.bestGroup().orElse(""));
    assertEquals(text(c.expect(), "best_matched_label"), scores.bestMatchedLabel().orElse(""));
    assertEquals(text(c.expect(), "best_matched_group"), scores.bestMatchedGroup().orElse(""));
    assertEquals(texts(at(c.expect(), "matched_labels")), scores.matchedLabels());
    assertEquals(texts(at(c.expect(), "matched_groups")), scores.matchedGroups());
    assertNear(reals(at(c.expect(), "group_scores")), scores.groups());
    assertNear(reals(at(c.expect(), "metrics")), scores.metrics());
    assertEquals(number(c.expect(), "best_score"), scores.metrics().get("best_score"), 1e-6);
    if (has(c.expect(), "best_matched_score")) {
      assertEquals(
          number(c.expect(), "best_matched_score"),
          scores.metrics().get("best_matched_score"),
          1e-6);
    }
  }

  private static void assertNear(Map<String, Double> expected, Map<String, Double> found) {
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((key, value) -> assertEquals(value, found.get(key), 1e-6, key));
  }

  /** The definition as a file has it, with a rule that names it. */
  private static KnowledgeBase base(Node kb) {
    List<Node.Entry> entries = new ArrayList<>();
    if (kb instanceof Node.Mapping mapping) {
      entries.addAll(mapping.entries().stream().filter(e -> !e.key().equals("source")).toList());
    }
    entries.add(new Node.Entry(AT, "source", Documents.yaml("path: folder")));
    Node bases = new Node.Sequence(AT, List.of(new Node.Mapping(AT, entries)));
    Node rules = Documents.yaml("[{name: r, kb: kb, target: {kind: group, value: g1}}]");
    List<Node.Entry> document =
        List.of(
            new Node.Entry(AT, "global", mapping("model_catalog", mapping("kbs", bases))),
            new Node.Entry(AT, "routing", mapping("signals", mapping("kb", rules))));
    return decode(new Node.Mapping(AT, document)).global().comparison().bases().getFirst();
  }

  private static final Compatibility UPSTREAM = Compatibility.UPSTREAM_0_3;

  private static RouterConfig catalog(Node inner) {
    return decode(
        new Node.Mapping(
            AT, List.of(new Node.Entry(AT, "global", mapping("model_catalog", inner)))));
  }

  private static RouterConfig decode(Node document) {
    Decoded decoded =
        ConfigDecoder.decode(
            document, new DecodeOptions(false, Optional.of(UPSTREAM), name -> Optional.empty()));
    return decoded
        .config()
        .orElseThrow(() -> new AssertionError(Documents.render(decoded.diagnostics())));
  }

  private static Node inside(Node node, String... keys) {
    Node outer = node;
    for (String key : keys) {
      outer = mapping(key, outer);
    }
    return outer;
  }

  private static Node.Mapping mapping(String key, Node value) {
    return new Node.Mapping(AT, List.of(new Node.Entry(AT, key, value)));
  }

  private static float[] floats(Node list) {
    List<Double> numbers = numbers(list);
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i).floatValue();
    }
    return floats;
  }

  private static List<Double> numbers(Node list) {
    return texts(list).stream().map(Double::parseDouble).toList();
  }

  private static Map<String, Double> reals(Node node) {
    Map<String, Double> reals = new LinkedHashMap<>();
    if (node instanceof Node.Mapping mapping) {
      mapping.entries().forEach(e -> reals.put(e.key(), number(node, e.key())));
    }
    return reals;
  }

  private static Stream<DynamicTest> tests(String file, Consumer<Case> check) throws IOException {
    return Cases.of("cases/unit/" + file).stream()
        .map(c -> DynamicTest.dynamicTest(c.id().toLowerCase(Locale.ROOT), () -> check.accept(c)));
  }
}
