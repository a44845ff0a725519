package dev.gatun.router;

import static dev.gatun.router.Cases.at;
import static dev.gatun.router.Cases.flag;
import static dev.gatun.router.Cases.has;
import static dev.gatun.router.Cases.items;
import static dev.gatun.router.Cases.number;
import static dev.gatun.router.Cases.text;
import static dev.gatun.router.Cases.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.Cases.Case;
import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Documents;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Position;
import dev.gatun.router.config.Target;
import dev.gatun.router.decision.DecisionStage;
import dev.gatun.router.decision.Explanation;
import dev.gatun.router.decision.Strategy;
import dev.gatun.router.decision.UpstreamRules;
import dev.gatun.router.decision.Verdict;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.Entropy;
import dev.gatun.router.signal.Keyword;
import dev.gatun.router.signal.ReasoningChoice;
import dev.gatun.router.signal.SignalHits.Hit;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.text.Bm25;
import dev.gatun.router.text.Levenshtein;
import dev.gatun.router.text.LowerCase;
import dev.gatun.router.text.Ngrams;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The cases of v0.3 for what this slice does, under {@code compatibility: upstream-0.3}. */
class ConformanceTest {
  private static final Position AT = new Position("case", 1, 1);
  private static final double SCORE_TOLERANCE = 2e-5;
  private static final double EXACT = 1e-9;

  /** Cases about parts of a file that are only read by name yet, by the beginning of theirs. */
  private static final List<String> LATER =
      List.of(
          "alg-latency-",
          "alg-session-",
          "iter-",
          "plugin-",
          "gate-",
          "modelref-empty",
          "tools-adv-");

  @TestFactory
  Stream<DynamicTest> keywords() throws IOException {
    return tests("cases/unit/keyword.jsonl", ConformanceTest::keyword);
  }

  @TestFactory
  Stream<DynamicTest> distances() throws IOException {
    return tests(
        "cases/unit/text.jsonl",
        c -> {
          if (c.kind().equals("text.levenshtein")) {
            String a = LowerCase.of(text(c.input(), "a"));
            String b = LowerCase.of(text(c.input(), "b"));
            assertEquals(number(c.expect(), "distance"), Levenshtein.distance(a, b));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> entropies() throws IOException {
    return tests(
        "cases/unit/entropy.jsonl",
        c -> {
          if (c.kind().equals("entropy.reasoning")) {
            reasoning(c);
          }
          if (c.kind().equals("entropy.analyze")) {
            List<Double> p = numbers(c.input("probabilities"));
            Entropy entropy = Entropy.of(p);
            assertEquals(number(c.expect(), "entropy"), entropy.bits(), 1e-6);
            assertEquals(number(c.expect(), "normalized_entropy"), entropy.normalized(), 1e-6);
            assertEquals(
                text(c.expect(), "uncertainty_level"),
                entropy.level().name().toLowerCase(Locale.ROOT));
          }
        });
  }

  private static void reasoning(Case c) {
    Map<String, Boolean> wanted = new TreeMap<>();
    ((Node.Mapping) c.input("reasoning"))
        .entries()
        .forEach(e -> wanted.put(e.key(), flag(c.input("reasoning"), e.key())));
    ReasoningChoice choice =
        ReasoningChoice.of(
            texts(c.input("categories")),
            numbers(c.input("probabilities")),
            wanted,
            number(c.input(), "threshold"));
    assertEquals(flag(c.expect(), "use_reasoning"), choice.useReasoning());
    assertEquals(number(c.expect(), "confidence"), choice.confidence(), 1e-5);
    assertEquals(text(c.expect(), "decision_reason"), choice.reason());
    assertEquals(text(c.expect(), "fallback_strategy"), choice.strategy());
  }

  @TestFactory
  Stream<DynamicTest> endpoints() throws IOException {
    return tests(
        "cases/unit/endpoint.jsonl",
        c -> {
          Optional<Target> target =
              Target.parse(text(c.input(), "endpoint"), text(c.input(), "protocol"));
          assertEquals(flag(c.expect(), "error"), target.isEmpty());
          target.ifPresent(t -> {
            assertEquals(text(c.expect(), "host"), t.host());
            assertEquals(number(c.expect(), "port"), t.port());
          });
        });
  }

  @TestFactory
  Stream<DynamicTest> decisions() throws IOException {
    return tests("cases/unit/decision.jsonl", ConformanceTest::decision);
  }

  @TestFactory
  Stream<DynamicTest> files() throws IOException {
    return tests("config/load.jsonl", ConformanceTest::load);
  }

  @TestFactory
  Stream<DynamicTest> unknownFields() throws IOException {
    return tests(
        "config/unknown_fields.jsonl",
        c -> {
          Set<String> expected = new TreeSet<>();
          for (Node field : items(at(at(c.expect(), "fields"), "$unordered"))) {
            expected.add(text(field, "parent") + " / " + text(field, "name"));
          }
          Set<String> found = new TreeSet<>();
          for (Diagnostic diagnostic : decode(c).diagnostics()) {
            if (diagnostic.message().startsWith("unknown key")) {
              found.add(parentAndName(diagnostic.key()));
            }
          }
          assertEquals(expected, found);
        });
  }

  /** Files that name kinds that do not exist: of a condition, a mode, providers of a service. */
  private static final Set<String> REFUSED =
      Set.of(
          "config/e2e/config.e2e.yaml",
          "config/e2e/profile-ai-gateway.yaml",
          "config/examples/config.yaml");

  @TestFactory
  Stream<DynamicTest> wholeFiles() throws IOException {
    return Cases.files().entrySet().stream()
        .map(file -> DynamicTest.dynamicTest(file.getKey(), () -> wholeFile(file)));
  }

  private static void wholeFile(Map.Entry<String, Node> file) throws IOException {
    Node document = Documents.yaml(Cases.read(file.getKey()));
    for (Compatibility compatibility : Compatibility.values()) {
      Decoded decoded =
          ConfigDecoder.decode(
              document, new DecodeOptions(false, Optional.of(compatibility), Optional::of));
      String report = Documents.render(decoded.diagnostics());
      boolean refused = compatibility == Compatibility.GATUN && REFUSED.contains(file.getKey());
      boolean wanted = flag(file.getValue(), "loads") && !refused;
      assertEquals(wanted, decoded.config().isPresent(), report);
      long unknown =
          decoded.diagnostics().stream().filter(d -> d.message().startsWith("unknown key")).count();
      assertEquals(text(file.getValue(), "unknown_fields"), Long.toString(unknown), report);
    }
  }

  private interface Check {
    void run(Case c);
  }

  private static Stream<DynamicTest> tests(String file, Check check) throws IOException {
    return Cases.of(file).stream().map(c -> DynamicTest.dynamicTest(c.id(), () -> check.run(c)));
  }

  private static void keyword(Case c) {
    switch (c.kind()) {
      case "keyword.match" -> {
        Keyword.Evaluator evaluator = evaluator(List.of(c.input("rule")));
        List<String> probes = texts(c.input("texts"));
        for (int i = 0; i < probes.size(); i++) {
          List<Hit> hits = evaluator.evaluate(probes.get(i));
          Node want = items(at(c.expect(), "results")).get(i);
          assertEquals(flag(want, "matched"), !hits.isEmpty(), probes.get(i));
          List<String> words = hits.isEmpty() ? List.of() : hits.getFirst().evidence();
          assertSame(texts(at(want, "keywords")), words, c.input("rule"));
        }
      }
      case "keyword.first_match" -> {
        List<Node> rules = items(c.input("rules"));
        List<Hit> hits = evaluator(rules).evaluate(text(c.input(), "text"));
        String rule = hits.isEmpty() ? "" : hits.getFirst().key().name();
        assertEquals(text(c.expect(), "rule"), rule);
        List<String> words = hits.isEmpty() ? List.of() : hits.getFirst().evidence();
        Node matched =
            rules.stream().filter(r -> text(r, "name").equals(rule)).findFirst().orElse(c.input());
        assertSame(texts(at(c.expect(), "keywords")), words, matched);
      }
      case "keyword.build" -> assertFalse(rules(items(c.input("rules"))).config().isPresent());
      case "keyword.bm25_scores" -> {
        List<String> keywords = texts(c.input("keywords"));
        double[] scores = new double[keywords.size()];
        new Bm25(keywords)
            .search(text(c.input(), "text"))
            .forEach(hit -> scores[hit.document()] = hit.score());
        assertScores(c, keywords, scores);
      }
      case "keyword.ngram_scores" -> {
        List<String> keywords = texts(c.input("keywords"));
        double[] scores =
            new Ngrams(keywords, (int) number(c.input(), "arity"), false)
                .similarities(text(c.input(), "text"), number(c.input(), "threshold"));
        assertScores(c, keywords, scores);
      }
      default -> throw new AssertionError("no test for " + c.kind());
    }
  }

  /** Upstream orders keywords of equal BM25 score at random, so their order says nothing. */
  private static void assertSame(List<String> expected, List<String> found, Node rule) {
    if (text(rule, "method").equalsIgnoreCase("bm25")) {
      assertEquals(new TreeSet<>(expected), new TreeSet<>(found));
    } else {
      assertEquals(expected, found);
    }
  }

  private static void assertScores(Case c, List<String> keywords, double[] scores) {
    Node expected = at(at(c.expect(), "scores"), "$same");
    Map<String, Double> want = new TreeMap<>();
    if (expected instanceof Node.Mapping mapping) {
      mapping.entries().forEach(e -> want.put(e.key(), number(expected, e.key())));
    }
    Map<String, Double> got = new TreeMap<>();
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] > 0) {
        got.put(keywords.get(i), scores[i]);
      }
    }
    assertEquals(want.keySet(), got.keySet());
    want.forEach((keyword, score) -> assertEquals(score, got.get(keyword), SCORE_TOLERANCE));
  }

  private static Keyword.Evaluator evaluator(List<Node> rules) {
    Decoded decoded = rules(rules);
    List<Keyword> keywords =
        decoded
            .config()
            .orElseThrow(() -> new AssertionError(Documents.render(decoded.diagnostics())))
            .routing()
            .keywords();
    return new Keyword.Evaluator(keywords, Compatibility.UPSTREAM_0_3);
  }

  private static Decoded rules(List<Node> rules) {
    Node.Mapping signals = mapping("keywords", new Node.Sequence(AT, rules));
    return ConfigDecoder.decode(
        mapping("routing", mapping("signals", signals)), DecodeOptions.lenient());
  }

  private static Node.Mapping mapping(String key, Node value) {
    return new Node.Mapping(AT, List.of(new Node.Entry(AT, key, value)));
  }

  private static void decision(Case c) {
    UpstreamRules rules = new UpstreamRules(c.input());
    Strategy strategy =
        text(c.input(), "strategy").equals("confidence") ? Strategy.CONFIDENCE : Strategy.PRIORITY;
    DecisionStage stage =
        new DecisionStage(rules.table(), rules.decisions(), strategy, Compatibility.UPSTREAM_0_3);
    Verdict verdict = stage.evaluate(rules.hits());
    if (c.kind().equals("decision.evaluate")) {
      Node result = at(c.expect(), "result");
      assertEquals(
          text(result, "decision"), verdict.winner().map(w -> w.decision().name()).orElse(""));
      if (verdict.winner().isPresent()) {
        assertEquals(number(result, "confidence"), verdict.winner().get().confidence(), EXACT);
        List<String> signals =
            verdict.winner().get().signals().stream().map(SignalKey::toString).toList();
        List<String> expected =
            texts(at(result, "matched_rules")).stream().map(UpstreamRules::canonical).toList();
        assertEquals(expected, signals);
      }
    } else {
      List<Node> traces = items(at(c.expect(), "trace"));
      List<Explanation.Judged> judged = stage.explain(rules.hits()).decisions();
      for (int i = 0; i < traces.size(); i++) {
        assertEquals(text(traces.get(i), "decision_name"), judged.get(i).decision());
        assertEquals(flag(traces.get(i), "matched"), judged.get(i).matched());
        assertEquals(number(traces.get(i), "confidence"), judged.get(i).confidence(), EXACT);
        assertTrace(at(traces.get(i), "root_trace"), judged.get(i).root());
      }
    }
  }

  /** Upstream's trace ends where its evaluation does, and has no node for a malformed NOT. */
  private static void assertTrace(Node expected, Explanation.Trace trace) {
    if (!has(expected, "node_type")) {
      return;
    }
    assertEquals(flag(expected, "matched"), trace.matched());
    if (trace.matched()) {
      assertEquals(number(expected, "confidence"), trace.confidence(), EXACT);
    }
    List<Node> children = items(at(expected, "children"));
    List<Explanation.Trace> visited =
        trace.children().stream().filter(Explanation.Trace::visited).toList();
    for (int i = 0; i < Math.min(children.size(), visited.size()); i++) {
      assertTrace(children.get(i), visited.get(i));
    }
  }

  private static void load(Case c) {
    String name = text(c.input(), "name");
    boolean wanted = flag(c.expect(), "ok");
    if (!wanted && LATER.stream().anyMatch(name::startsWith)) {
      return;
    }
    Decoded decoded;
    try {
      decoded = decode(c);
    } catch (YamlEngineException e) {
      assertFalse(wanted, name + ": " + e.getMessage());
      return;
    }
    String report = Documents.render(decoded.diagnostics());
    assertEquals(wanted, decoded.loads(), name + "\n" + report);
    List<String> mentions = texts(at(c.expect(), "mentions_any"));
    if (!wanted && has(c.expect(), "mentions_any")) {
      assertTrue(mentions.stream().anyMatch(report::contains), name + "\n" + report);
    }
  }

  private static Decoded decode(Case c) {
    return ConfigDecoder.decode(
        Documents.yaml(text(c.input(), "yaml")),
        new DecodeOptions(
            false, Optional.of(Compatibility.UPSTREAM_0_3), variable -> Optional.empty()));
  }

  private static String parentAndName(String key) {
    String path = key.replaceAll("\\[[0-9]+\\]", "");
    int dot = path.lastIndexOf('.');
    return dot < 0
        ? "top level / " + path
        : path.substring(0, dot) + " / " + path.substring(dot + 1);
  }

  private static List<Double> numbers(Node node) {
    List<Double> numbers = new ArrayList<>();
    texts(node).forEach(text -> numbers.add(Double.parseDouble(text)));
    return numbers;
  }
}
