package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.decision.Retention;
import dev.gatun.router.decision.Strategy;
import dev.gatun.router.projection.Boost;
import dev.gatun.router.projection.Partition;
import dev.gatun.router.projection.Projections;
import dev.gatun.router.projection.Score.Subject;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.SignalKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ProjectionDecoderTest {
  private static final String SIGNALS =
      """
      version: v0.3
      routing:
        signals:
          keywords:
            - {name: ticket, operator: OR, keywords: [ticket]}
          domains:
            - {name: math, mmlu_categories: [math]}
            - {name: law, mmlu_categories: [law]}
      """;

  @Test
  void projectionsAreRead() {
    Projections all =
        projections(
            """
              partitions:
                - name: p
                  semantics: softmax_all
                  temperature: 0.2
                  members: [math, law]
                  default: law
              scores:
                - name: s
                  method: weighted_sum
                  clip: {min: 0}
                  inputs:
                    - {type: keyword, name: ticket, weight: 2, match: 0, miss: 1}
                    - {type: domain, name: math, weight: 1, value_source: raw}
                    - {type: kb_metric, kb: privacy_kb, metric: private_vs_public, weight: 1}
              mappings:
                - {name: m, source: s, outputs: [{name: low, lt: 1}, {name: high, gte: 1}]}
            """);
    Partition partition = all.partitions().getFirst();
    assertEquals(Partition.Semantics.SOFTMAX_ALL, partition.semantics());
    assertEquals(0.2, partition.temperature());
    SignalKey ticket = new SignalKey(Family.KEYWORD, "ticket");
    assertEquals(
        new Subject.Matched(ticket, 0, 1), all.scores().getFirst().inputs().get(0).subject());
    assertEquals(
        new Subject.Metric("privacy_kb", "private_vs_public"),
        all.scores().getFirst().inputs().get(2).subject());
    assertEquals(12, all.mappings().getFirst().slope());
  }

  /** A value that no family records would be 0 for ever. */
  @Test
  void onlyWhatIsMeasuredCanBeRead() {
    assertReported(
        """
          scores:
            - name: s
              method: weighted_sum
              inputs: [{type: keyword, name: "ticket:bets", weight: 1, value_source: raw}]
        """,
        "the keyword \"ticket:bets\" is not measured");
    assertReported(
        """
          scores:
            - name: s
              method: weighted_sum
              inputs: [{type: domain, name: "math:entropy", weight: 1, value_source: raw}]
        """,
        "the domain \"math:entropy\" is not measured");
  }

  @Test
  void aCycleIsToldWithItsPath() {
    assertReported(
        """
          scores:
            - {name: a, method: weighted_sum, inputs: [{type: projection, name: b, weight: 1}]}
            - {name: b, method: weighted_sum, inputs: [{type: projection, name: a, weight: 1}]}
          mappings:
            - {name: m, source: a, outputs: [{name: any, gte: 0}]}
        """,
        "circle: a -> b -> a");
  }

  @Test
  void gapsAndOverlapsAreToldWithTheirRanges() {
    String mappings =
        """
          scores:
            - {name: s, method: weighted_sum, inputs: [{type: keyword, name: ticket, weight: 1}]}
          mappings:
            - name: m
              source: s
              method: %s
              outputs: [{name: low, lt: 0.3}, {name: mid, gt: 0.4, lte: 1}, {name: top, gte: 1}]
        """;
    String bands = report(mappings.formatted("threshold_bands"));
    assertTrue(bands.contains("nothing is emitted for scores from 0.3 up to 0.4"), bands);
    assertTrue(bands.contains("for scores at 1 several outputs fit (\"mid\", \"top\")"), bands);
    String multi = report(mappings.formatted("multi_emit"));
    assertTrue(!multi.contains("several outputs"), multi);
  }

  @Test
  void whatIsNotDeclaredIsFound() {
    assertReported(score("{type: keyword, name: tickets, weight: 1}"), "did you mean \"ticket\"?");
    assertReported(score("{type: projection, name: t, weight: 1}"), "is no projection score");
    assertReported(score("{type: kb_metric, kb: privacy, metric: x}"), "privacy_kb");
    assertReported(
        score("{type: keyword, name: ticket, weight: 1, value_source: score}"), "value_source");
    assertReported(
        """
          partitions:
            - {name: p, semantics: exclusive, members: [math, laws], default: math}
        """,
        "did you mean \"law\"?");
  }

  @Test
  void aScoreThatNothingReadsIsTold() {
    assertReported(score("{type: keyword, name: ticket, weight: 1}"), "nothing reads the score");
  }

  @Test
  void aDecisionMayBoostInsteadOfWinning() {
    RouterConfig config =
        Documents.config(
            SIGNALS
                + """
                  projections:
                    scores:
                      - name: s
                        method: weighted_sum
                        inputs: [{type: domain, name: law, weight: 1}]
                    mappings:
                      - {name: m, source: s, outputs: [{name: any, gte: 0}]}
                  decisions:
                    - name: help
                      rules: {type: keyword, name: ticket}
                      boost: {s: 0.5, math: 0.1}
                """);
    Boost boost = config.routing().projections().boosts().getFirst();
    assertEquals(Map.of("s", 0.5, "math", 0.1), boost.weights());
    assertEquals(List.of(), config.routing().decisions());
  }

  @Test
  void conditionsMayCompareWhatWasMeasuredAndSayWhatAFailureMeans() {
    RouterConfig config =
        Documents.config(
            SIGNALS
                + """
                  decisions:
                    - name: sure
                      rules:
                        operator: AND
                        conditions:
                          - {type: domain, name: law, predicate: {gte: 0.9}, on_error: no_match}
                      emits: [{kind: retention, retention: {ttl_turns: 3}}]
                """);
    SignalKey law = new SignalKey(Family.DOMAIN, "law");
    Rule leaf = new Rule.Measured(law, Predicate.atLeast(0.9));
    assertEquals(
        Rule.all(new Rule.Despite(leaf, Family.DOMAIN, false)),
        config.routing().decisions().getFirst().rule());
    assertEquals(
        Optional.of(new Retention(false, OptionalInt.of(3), false, false)),
        config.routing().decisions().getFirst().retention());
  }

  @Test
  void theStrategyOfTheProfileComesBeforeThatOfTheRouter() {
    String router = "global: {router: {strategy: confidence}}\n";
    assertEquals(Strategy.CONFIDENCE, strategy(router));
    assertEquals(Strategy.PRIORITY, strategy(router + "routing: {strategy: priority}\n"));
    assertEquals(Strategy.CONFIDENCE, strategy("routing: {strategy: confidence}\n"));
    String report = Documents.render(Documents.decode("routing: {strategy: luck}").diagnostics());
    assertTrue(report.contains("routing.strategy"), report);
  }

  @Test
  void ofWhatIsKeptOnlyWhatNothingActsOnYetIsReported() {
    String emits =
        SIGNALS
            + """
              decisions:
                - name: sure
                  rules: {type: domain, name: law}
                  emits: [{kind: retention, retention: {%s}}]
            """;
    assertFalse(
        Documents.decode(emits.replace("%s", "drop: true")).has(Diagnostic.Severity.UNSUPPORTED));
    List<String> later =
        Documents.decode(emits.replace("%s", "ttl_turns: 2, keep_current_model: true"))
            .diagnostics()
            .stream()
            .filter(d -> d.severity() == Diagnostic.Severity.UNSUPPORTED)
            .map(Diagnostic::message)
            .toList();
    assertEquals(2, later.size(), later.toString());
  }

  @Test
  void guardsMustBeAskedFirstAndConfidencesBeComparable() {
    String report =
        Documents.render(
            Documents.decode(
                    SIGNALS
                        + """
                            pii: [{name: private, threshold: 0.8}]
                          decisions:
                            - {name: low, priority: 1, rules: {type: pii, name: private}}
                            - {name: high, priority: 2, rules: {type: keyword, name: ticket}}
                        global:
                          router: {strategy: confidence}
                        """)
                .diagnostics());
    assertTrue(
        report.contains("no decision of the highest order asks for \"pii:private\""), report);
    assertTrue(report.contains("their conditions measure different things"), report);
  }

  private static String score(String input) {
    return """
      scores:
        - name: s
          method: weighted_sum
          inputs: [%s]
    """
        .formatted(input);
  }

  private static void assertReported(String projections, String message) {
    String report = report(projections);
    assertTrue(report.contains(message), report);
  }

  private static String report(String projections) {
    return Documents.render(Documents.decode(text(projections)).diagnostics());
  }

  private static Strategy strategy(String text) {
    RouterConfig config = Documents.config(text);
    return config.strategy(config.routing());
  }

  private static Projections projections(String projections) {
    return Documents.config(text(projections)).routing().projections();
  }

  private static String text(String projections) {
    return SIGNALS + "  projections:\n" + projections.indent(2);
  }
}
