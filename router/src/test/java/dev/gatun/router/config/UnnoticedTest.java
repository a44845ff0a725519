package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.rule.Rule;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Mistakes that v0.3 does not notice: errors here, warnings under {@code upstream-0.3}. */
class UnnoticedTest {
  private static final String FILE =
      """
      version: v0.3
      routing:
        modelCards:
          - {name: small, quality_score: 3.5}
        signals:
          keywords:
            - {name: odd, operator: XOR, keywords: [a]}
            - {name: open, operator: OR, method: regex, keywords: ["("]}
        decisions:
          - name: first
            tier: -1
            rules: {operator: XOR, conditions: [{type: telepathy, name: a}]}
            algorithm: {type: astrology}
            plugins: [{type: magic}]
          - name: second
            rules:
              operator: NOT
              conditions: [{type: keyword, name: odd}, {type: keyword, name: ghost}]
      global: {router: {strategy: vibes}}
      """;

  private static final List<String> KEYS =
      List.of(
          "routing.modelCards[0].quality_score",
          "routing.signals.keywords[0].operator",
          "routing.signals.keywords[1].keywords",
          "routing.decisions[0].tier",
          "routing.decisions[0].rules.operator",
          "routing.decisions[0].rules.conditions[0].type",
          "routing.decisions[0].algorithm.type",
          "routing.decisions[0].plugins[0].type",
          "routing.decisions[1].rules.operator",
          "routing.decisions[1].rules.conditions[1].name",
          "global.router.strategy");

  @Test
  void theyAreErrorsUnlessAskedForTheJudgementOfUpstream() {
    Decoded ours = decode(Compatibility.GATUN);

    assertTrue(ours.config().isEmpty());
    assertEquals(KEYS, keys(ours, Severity.ERROR));
  }

  @Test
  void upstreamLoadsThemWithAWarningEach() {
    Decoded upstream = decode(Compatibility.UPSTREAM_0_3);

    assertEquals(List.of(), keys(upstream, Severity.ERROR));
    assertTrue(
        keys(upstream, Severity.WARNING).containsAll(KEYS),
        keys(upstream, Severity.WARNING)::toString);
    RouterConfig config = upstream.config().orElseThrow();
    assertEquals(List.of(), config.routing().keywords());
    assertEquals(new Rule.Any(List.of(Rule.never())), config.routing().decisions().get(0).rule());
    assertEquals(Rule.never(), config.routing().decisions().get(1).rule());
  }

  @Test
  void anUnknownOperatorMeansAndInComposersAndOrInDecisions() {
    String file =
        """
        routing:
          signals:
            keywords: [{name: a, operator: OR, keywords: [a]}]
            complexity:
              - name: c
                threshold: 0.1
                hard: {candidates: [x]}
                composer: {operator: XOR, conditions: [{type: keyword, name: a}]}
          decisions:
            - {name: d, rules: {operator: XOR, conditions: [{type: keyword, name: a}]}}
        """;
    Routing routing =
        ConfigDecoder.decode(
                Documents.yaml(file),
                new DecodeOptions(
                    false, Optional.of(Compatibility.UPSTREAM_0_3), name -> Optional.empty()))
            .config()
            .orElseThrow()
            .routing();
    assertInstanceOf(Rule.All.class, routing.projections().composers().get("c"));
    assertInstanceOf(Rule.Any.class, routing.decisions().getFirst().rule());
  }

  private static Decoded decode(Compatibility compatibility) {
    return ConfigDecoder.decode(
        Documents.yaml(FILE),
        new DecodeOptions(false, Optional.of(compatibility), name -> Optional.empty()));
  }

  private static List<String> keys(Decoded decoded, Severity severity) {
    return decoded.diagnostics().stream()
        .filter(diagnostic -> diagnostic.severity() == severity)
        .map(Diagnostic::key)
        .toList();
  }
}
