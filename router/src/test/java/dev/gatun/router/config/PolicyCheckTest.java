package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyCheckTest {
  private static final String A = "rules: {type: keyword, name: a},";
  private static final String B = "rules: {type: keyword, name: b},";
  private static final String BOTH = and("{type: keyword, name: a}, {type: keyword, name: b}");

  @Test
  void aSoundPolicyIsNotWarnedOf() {
    assertEquals(List.of(), warnings("", "", BOTH, A));
  }

  @Test
  void conditionsThatContradictEachOther() {
    for (String rules :
        List.of(
            and(
                "{type: keyword, name: a},"
                    + " {operator: NOT, conditions: [{type: keyword, name: a}]}"),
            and("{type: complexity, name: 'c:hard'}, {type: complexity, name: 'c:easy'}"),
            and("{type: projection, name: lo}, {type: projection, name: hi}"),
            and("{type: projection, name: few}, {type: projection, name: many}"),
            and("{type: context, name: short}, {type: context, name: long}"),
            and("{type: domain, name: math}, {type: domain, name: law}"),
            and("{type: structure, name: lots}, {type: structure, name: none}"),
            and(
                "{type: user_feedback, name: satisfied},"
                    + " {type: user_feedback, name: wrong_answer}"),
            and("{type: language, name: en}, {type: language, name: fr}"))) {
      List<Diagnostic> warnings = warnings("", "", rules, B);

      assertEquals(List.of("routing.decisions[0].rules"), keys(warnings));
      assertTrue(warnings.getFirst().message().contains("\"first\""));
      assertTrue(warnings.getFirst().message().contains("contradict"));
    }
  }

  @Test
  void bandsAndLengthsThatMeetDoNotContradictEachOther() {
    for (String rules :
        List.of(
            and("{type: projection, name: some}, {type: projection, name: many}"),
            and("{type: projection, name: hi}, {type: projection, name: many}"),
            and("{type: context, name: short}, {type: context, name: middle}"))) {
      assertEquals(List.of(), warnings("", "", rules, B), rules);
    }
  }

  @Test
  void aNarrowerDecisionBehindAWiderOneNeverWins() {
    List<Diagnostic> warnings = warnings("", "", A, BOTH);

    assertEquals(List.of("routing.decisions[1].name"), keys(warnings));
    assertTrue(warnings.getFirst().message().contains("whenever it does"));
  }

  @Test
  void whateverComesBehindARuleThatAlwaysHoldsNeverWins() {
    List<Diagnostic> warnings = warnings("", "", "rules: {},", A);

    assertEquals(List.of("routing.decisions[1].name", "routing.decisions[2].name"), keys(warnings));
    assertTrue(warnings.getFirst().message().contains("always matches"));
  }

  @Test
  void aRuleOrItsOppositeAlwaysHolds() {
    String either =
        "rules: {operator: OR, conditions: [{type: keyword, name: a}, {operator: NOT, conditions:"
            + " [{type: keyword, name: a}]}]},";
    List<Diagnostic> warnings = warnings("", "", either, BOTH);
    assertEquals(List.of("routing.decisions[1].name", "routing.decisions[2].name"), keys(warnings));
    assertTrue(warnings.getFirst().message().contains("always matches"));
  }

  @Test
  void ofTwinsTheOneBehindNeverWins() {
    List<Diagnostic> warnings = warnings("", "", BOTH, BOTH);
    assertEquals(List.of("routing.decisions[1].name"), keys(warnings));
    List<Diagnostic> tied = warnings("", "", "tier: 1, " + A, "tier: 1, " + A);
    assertEquals(List.of("routing.decisions[1].name"), keys(tied));
    assertTrue(tied.getFirst().message().contains("a higher priority"), tied.toString());
  }

  @Test
  void aConditionThatNothingFulfilsIsTold() {
    List<Diagnostic> warnings =
        warnings("", "", and("{type: projection, name: void}, {type: keyword, name: b}"), A);
    assertTrue(keys(warnings).contains("routing.decisions[0].rules"), warnings.toString());
    assertTrue(keys(warnings).contains("routing.projections.mappings[2].outputs"));
  }

  /** All problems in one report (spec config §1.3). */
  @Test
  void anErrorElsewhereHidesNothing() {
    String contradicting = and("{type: context, name: short}, {type: context, name: long}");
    List<String> keys =
        keys(
            Documents.decode(
                    text("", "", contradicting, "rules: {},", "0.5")
                        + "listeners: [{port: 70000}]\n")
                .diagnostics());
    assertTrue(
        keys.containsAll(
            List.of(
                "listeners[0].port", "routing.decisions[0].rules", "routing.decisions[2].name")),
        keys.toString());
    List<String> broken =
        keys(
            Documents.decode(
                    text("", "", contradicting, "rules: {type: keyword, name: ghost},", "0.5"))
                .diagnostics());
    assertEquals(List.of("routing.decisions[0].rules", "routing.decisions[1].rules.name"), broken);
  }

  @Test
  void tiersDecideBeforePriorities() {
    assertEquals(List.of(), warnings("", "", "tier: 2, " + A, "tier: 1, " + BOTH));
    List<Diagnostic> warnings = warnings("", "", "tier: 2, " + BOTH, "tier: 1, " + A);
    assertEquals(List.of("routing.decisions[0].name"), keys(warnings));
    assertTrue(warnings.getFirst().message().contains("lower tier"));
  }

  @Test
  void rulesAndModelsThatNothingNames() {
    List<Diagnostic> warnings =
        warnings(", {name: spare}", "\n      - {name: idle, operator: OR, keywords: [z]}", BOTH, A);

    assertEquals(
        List.of("routing.modelCards[1].name", "routing.signals.keywords[2].name"), keys(warnings));
  }

  @Test
  void aPartitionOfDomainsThatNeverMatchTogether() {
    assertEquals(List.of(), keys(warnings("", "", BOTH, A, "0.5")));
    List<Diagnostic> warnings = warnings("", "", BOTH, A, "0.6");
    assertEquals(List.of("routing.projections.partitions[0].members"), keys(warnings));
    assertTrue(warnings.getFirst().message().contains("threshold of 0.6"));
  }

  /** Nothing is known of what no decision asks for. */
  @Test
  void aMappingOfWhatNoDecisionAsksForIsToldToBeLeftOut() {
    String file =
        """
        version: v0.3
        providers: {models: [{name: m, backend_refs: [{endpoint: "h:1"}]}]}
        routing:
          modelCards: [{name: m}]
          signals:
            keywords: [{name: a, operator: OR, keywords: [x]}]
            context: [{name: brief, max_tokens: 9}]
          projections:
            scores:
              - {name: s, method: weighted_sum, inputs: [{type: %s, weight: 1}]}
            mappings:
              - {name: m, source: s, outputs: [{name: lo, lt: 1}, {name: hi, gte: 1}]}
          decisions: [{name: d, rules: {type: keyword, name: a}, modelRefs: [{model: m}]}]
        """;
    String read =
        Documents.render(Documents.decode(file.formatted("keyword, name: a")).diagnostics());
    assertTrue(!read.contains("mappings"), read);
    String unread =
        Documents.render(Documents.decode(file.formatted("context, name: brief")).diagnostics());
    assertTrue(unread.contains("routing.projections.mappings[0].name"), unread);
    assertTrue(unread.contains("asks for context"), unread);
  }

  private static String and(String conditions) {
    return "rules: {operator: AND, conditions: [" + conditions + "]},";
  }

  private static List<String> keys(List<Diagnostic> warnings) {
    return warnings.stream().map(Diagnostic::key).toList();
  }

  private static List<Diagnostic> warnings(
      String card, String keyword, String first, String second) {
    return warnings(card, keyword, first, second, "0.5");
  }

  private static List<Diagnostic> warnings(
      String card, String keyword, String first, String second, String threshold) {
    Decoded decoded = Documents.decode(text(card, keyword, first, second, threshold));
    assertTrue(decoded.config().isPresent(), Documents.render(decoded.diagnostics()));
    return decoded.diagnostics().stream().filter(d -> d.severity() == Severity.WARNING).toList();
  }

  private static String text(
      String card, String keyword, String first, String second, String threshold) {
    String impossible = first.contains("void") ? ", {name: void, gt: 0.9, lt: 0.1}" : "";
    return """
    version: v0.3
    providers: {models: [{name: m, backend_refs: [{endpoint: "h:1"}]}]}
    routing:
      modelCards: [{name: m}%s]
      signals:
        keywords:
          - {name: a, operator: OR, keywords: [x]}
          - {name: b, operator: OR, keywords: [y]}%s
        complexity:
          - {name: c, threshold: 0.1, hard: {candidates: [h]}, easy: {candidates: [e]}}
        context: [{name: short, max_tokens: 10}, {name: middle, min_tokens: 10,
          max_tokens: 20}, {name: long, min_tokens: 11}]
        structure:
          - {name: lots, feature: {type: count, source: {type: regex, pattern: q}},
             predicate: {gte: 3}}
          - {name: none, feature: {type: count, source: {type: regex, pattern: q}},
             predicate: {lte: 1}}
        user_feedbacks: [{name: satisfied}, {name: wrong_answer}]
        language: [{name: en}, {name: fr}]
        domains: [{name: math, mmlu_categories: [math]}, {name: law, mmlu_categories: \
        [law]}]
      projections:
        partitions: [{name: p, semantics: exclusive, members: [math, law], default: law}]
        scores: [{name: s, method: weighted_sum, inputs: [{type: keyword, name: a,
          weight: 1}]}]
        mappings:
          - {name: bands, source: s, method: threshold_bands,
             outputs: [{name: lo, lt: 0.5}, {name: hi, gte: 0.5}]}
          - {name: counts, source: s, method: multi_emit, outputs: [{name: few, lt: 0.2},
             {name: some, lt: 0.9}, {name: many, gte: 0.2}]}
          - {name: gaps, source: s, method: multi_emit, outputs: [{name: rest, lt: 2},
             {name: above, gte: 2}%s]}
      decisions:
        - {name: first, priority: 9, %s modelRefs: [{model: m}]}
        - {name: second, priority: 5, %s modelRefs: [{model: m}]}
        - name: all
          priority: 1
          rules:
            operator: OR
            conditions: [{type: keyword, name: a}, {type: keyword, name: b},
              {type: context, name: short}, {type: context, name: middle},
              {type: context, name: long}, {type: structure, name: lots},
              {type: structure, name: none}, {type: user_feedback, name: satisfied},
              {type: user_feedback, name: wrong_answer}, {type: language, name: en},
              {type: language, name: fr}, {type: projection, name: rest},
              {type: complexity, name: "c:hard"}]
          modelRefs: [{model: m}]
    global: {model_catalog: {modules: {classifier: {domain: {threshold: %s}}}}}
    """
        .formatted(card, keyword, impossible, first, second, threshold);
  }
}
