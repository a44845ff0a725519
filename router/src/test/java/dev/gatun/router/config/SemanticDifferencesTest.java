package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SemanticDifferencesTest {
  private static final String FILE =
      """
      version: v0.3
      routing:
        modelCards: [{name: small}]
        signals:
          keywords:
            - {name: one, operator: OR, keywords: [a]}
            - {name: two, operator: OR, keywords: [b]}
          context:
            - {name: long, min_tokens: 8K}
          language: [{name: en}, {name: de}]
          user_feedbacks: [{name: satisfied}, {name: wrong_answer}]
          embeddings:
            - {name: many, threshold: 0.5, candidates: [a, b, c, d, e, f, g, h, i]}
            - {name: few, threshold: 0.5, candidates: [a]}
          pii: [{name: private, threshold: 0.5}]
          role_bindings: [{name: r, role: staff, subjects: [{kind: Group, name: g}]}]
        projections:
          partitions: [{name: p, semantics: exclusive, members: [many, few], default: few}]
          scores:
            - name: s
              method: weighted_sum
              inputs: [{type: keyword, name: one, weight: 1, value_source: confidence}]
          mappings:
            - {name: m, source: s, method: threshold_bands, outputs: [{name: hi, gte: 0.5}]}
        decisions:
          - name: guarded
            tier: 1
            rules:
              operator: OR
              conditions: [%s]
            modelRefs: [{model: small}]
          - name: rest
            rules: {}
            modelRefs: [{model: small}]
            plugins: [{type: tool_selection}]
      global: {router: {strategy: %s}}
      """;
  private static final String ALL =
      """
      {type: keyword, name: two}, {type: context, name: long}, {type: language, name: de},\
      {type: user_feedback, name: satisfied}, {type: embedding, name: many},\
      {type: pii, name: private}, {type: authz, name: staff}, {type: projection, name: hi}\
      """;

  @Test
  void everyRuleOfAPointIsNamedAtItsPlace() {
    List<SemanticDifference> differences = differences(ALL, "confidence");

    assertEquals(
        List.of(
            "keyword matches routing.signals.keywords[1]",
            "context text routing.signals.context[0]",
            "context without max_tokens routing.signals.context[0]",
            "language text routing.signals.language[0]",
            "language fallback routing.signals.language[0]",
            "language text routing.signals.language[1]",
            "user_feedback routing.signals.user_feedbacks[0]",
            "user_feedback routing.signals.user_feedbacks[1]",
            "prototype cut routing.signals.embeddings[0]",
            "pii routing.signals.pii[0]",
            "identity headers routing.signals.role_bindings[0]",
            "roles of groups routing.signals.role_bindings[0]",
            "partition default routing.projections.partitions[0]",
            "confidences routing.projections.scores[0]",
            "no conditions routing.decisions[1]",
            "tiers routing.decisions[1]",
            "tool_selection add routing.decisions[1].plugins[0]",
            "confidences global.router"),
        differences.stream().map(d -> d.point() + " " + d.key()).toList());
    SemanticDifference first = differences.getFirst();
    assertTrue(
        first.render().matches("config.yaml:7:\\d+ \\S+ — .+ — gatun: .+; upstream-0.3: .+"),
        first.render());
  }

  /** A family that no decision asks for is not evaluated, so it cannot differ. */
  @Test
  void onlyWhatDecisionsNeedCounts() {
    List<String> points =
        differences("{type: language, name: de}", "priority").stream()
            .map(SemanticDifference::point)
            .toList();

    assertTrue(points.contains("language fallback"), points::toString);
    assertTrue(!points.contains("keyword matches") && !points.contains("pii"), points::toString);
  }

  @Test
  void aTrustedListenerTakesIdentityEverywhereAlike() {
    String file =
        "listeners: [{name: a, port: 1, trust_identity_headers: true}]\n"
            + FILE.formatted(ALL, "priority");

    assertTrue(
        Documents.decode(file).differences().stream()
            .noneMatch(d -> d.point().equals("identity headers")));
  }

  @Test
  void eventsAndGuardsHaveMeaningsOfTheirOwn() {
    String file =
        """
        routing:
          signals:
            events: [{name: due, temporal: true}]
            jailbreak: [{name: both, method: hybrid, jailbreak_patterns: [x]}, {name: j}]
          decisions:
            - name: d
              rules:
                operator: OR
                conditions: [{type: event, name: due}, {type: jailbreak, name: j}]
        global:
          model_catalog:
            modules: {prompt_guard: {use_vllm: true}}
            external:
              - {model_role: guardrail, llm_model_name: g, llm_endpoint: {address: h}}
        """;
    assertEquals(
        List.of(
            "events routing.signals.events[0]",
            "hybrid routing.signals.jailbreak[0]",
            "guard's reply routing.signals.jailbreak[0]",
            "guard's reply routing.signals.jailbreak[1]"),
        Documents.decode(file).differences().stream().map(d -> d.point() + " " + d.key()).toList());
  }

  @Test
  void aDomainToolIsAskedByUsAlone() {
    String file =
        """
        routing:
          signals:
            domains: [{name: math}, {name: law}]
          decisions: [{name: d, rules: {type: domain, name: math}}]
        global:
          model_catalog:
            modules:
              classifier: {domain: {%s}, mcp: {%s url: "http://127.0.0.1:1/mcp", tool_name: t}}
        """;
    String on = "enabled: true,";

    List<SemanticDifference> both = named(file.formatted("", on), "domain tool");
    assertEquals(
        List.of("routing.signals.domains[0]", "routing.signals.domains[1]"),
        both.stream().map(SemanticDifference::key).toList());
    assertEquals("asks the MCP tool where the classifier is unsure", both.getFirst().ours());
    assertEquals("asks the classifier alone", both.getFirst().upstream());
    SemanticDifference alone =
        named(file.formatted("model_ref: \"\"", on), "domain tool").getFirst();
    assertEquals("asks the MCP tool", alone.ours());
    assertEquals("never holds: no classifier is named", alone.upstream());
    assertEquals(List.of(), named(file.formatted("", ""), "domain tool"));
    String unasked = file.formatted("", on).replace("type: domain, name: math", "operator: AND");
    assertEquals(List.of(), named(unasked, "domain tool"));
  }

  /** The difference is told of files that ask for the semantics of v0.3, too. */
  @Test
  void aDomainToolDiffersWhateverSemanticsTheFileAsksFor() {
    String file =
        """
        routing:
          signals: {domains: [{name: math}]}
          decisions: [{name: d, rules: {type: domain, name: math}}]
        global:
          router: {compatibility: upstream-0.3}
          model_catalog:
            modules:
              classifier: {mcp: {enabled: true, url: "http://127.0.0.1:1/mcp", tool_name: t}}
        """;

    assertEquals(1, named(file, "domain tool").size());
  }

  /** Each of these changes what a score is, and so who decides. */
  @Test
  void scoresDifferInWhatTheyRead() {
    String file =
        """
        routing:
          signals:
            keywords: [{name: k, operator: OR, keywords: [a]}]
            domains: [{name: stem, mmlu_categories: [math]}, {name: law}]
            context: [{name: brief, max_tokens: 9}]
            role_bindings: [{name: r, role: staff, subjects: [{kind: Group, name: g}]}]
            structure:
              - name: q
                feature: {type: count, source: {type: regex, pattern: x}}
                predicate: {gte: 3}
            complexity:
              - name: cx
                hard: {candidates: [a]}
                easy: {candidates: [b]}
                composer: {operator: AND, conditions: [{type: language, name: de}]}
            language: [{name: de}]
          projections:
            scores:
              - {name: zero, method: weighted_sum,
                 inputs: [{type: keyword, name: k, weight: 1, match: 0}]}
              - {name: stem, method: weighted_sum, inputs: [{type: domain, name: stem, weight: 1}]}
              - {name: law, method: weighted_sum, inputs: [{type: domain, name: law, weight: 1}]}
              - {name: role, method: weighted_sum, inputs: [{type: authz, name: staff, weight: 1}]}
              - name: raw
                method: weighted_sum
                inputs: [{type: structure, name: q, weight: 1, value_source: raw}]
              - name: band
                method: weighted_sum
                inputs: [{type: projection, name: z, weight: 1, value_source: confidence}]
              - {name: size, method: weighted_sum,
                 inputs: [{type: context, name: brief, weight: 1}]}
            mappings:
              - {name: m0, source: zero, outputs: [{name: z, gte: 0}]}
              - {name: m1, source: size, outputs: [{name: unread, gte: 0}]}
          decisions:
            - {name: helps, tier: 1, rules: {type: keyword, name: k}, boost: {zero: 1}}
            - {name: d, rules: {operator: AND}}
            - {name: e, rules: {type: projection, name: z}}
            - {name: f, rules: {type: complexity, name: "cx:hard"}}
        """;

    assertEquals(
        List.of(
            "composer routing.signals.complexity[0]",
            "complexity medium routing.signals.complexity[0]",
            "language text routing.signals.language[0]",
            "match: 0 routing.projections.scores[0]",
            "domain in scores routing.projections.scores[1]",
            "authz in scores routing.projections.scores[3]",
            "raw values routing.projections.scores[4]",
            "unread mapping routing.projections.mappings[1]"),
        Documents.decode(file).differences().stream()
            .filter(d -> !d.point().equals("language fallback"))
            .map(d -> d.point() + " " + d.key())
            .toList());
  }

  @Test
  void windowsCountWhereThereIsAChoice() {
    String file =
        """
        providers: {models: [%s]}
        routing:
          modelCards:
            - {name: small, context_window_size: %d, loras: [{name: tuned}]}
            - {name: large}
          decisions:
            - {name: one, rules: {}, modelRefs: [{model: small}]}
            - {name: two, rules: {}, modelRefs: [{model: large}, {model: tuned}]}
        """;
    String models =
        "{name: small, backend_refs: [{endpoint: a}]}, {name: large, provider_model_id: big-model}";

    assertEquals(
        List.of("routing.decisions[1]"),
        named(file.formatted(models, 8192), "context window").stream()
            .map(SemanticDifference::key)
            .toList());
    assertEquals(List.of(), named(file.formatted(models, 0), "context window"));
  }

  @Test
  void effortsDifferWhereFamiliesAreDeclared() {
    String file =
        """
        providers:
          defaults:
            reasoning_families: {effort: {type: reasoning_effort, parameter: reasoning_effort}}
        routing: {}
        """;

    assertEquals(
        List.of("providers.defaults"),
        named(file, "reasoning_effort").stream().map(SemanticDifference::key).toList());
  }

  private static List<SemanticDifference> named(String file, String point) {
    return Documents.decode(file).differences().stream()
        .filter(difference -> difference.point().equals(point))
        .toList();
  }

  @Test
  void keywordsDifferByTheirWordsAndEdits() {
    assertEquals(List.of("word boundaries"), ofKeyword("keywords: ['café']"));
    assertEquals(List.of("word boundaries"), ofKeyword("keywords: [plain, '환불']"));
    assertEquals(List.of(), ofKeyword("keywords: [plain, '退款', '...']"));
    assertEquals(List.of(), ofKeyword("fuzzy_match: true, keywords: [schedule]"));
    String fuzzy = "fuzzy_match: true, fuzzy_threshold: ";
    assertEquals(List.of("fuzzy_threshold"), ofKeyword(fuzzy + "82, keywords: [schedule]"));
    assertEquals(List.of("fuzzy_threshold"), ofKeyword(fuzzy + "0, keywords: [schedule]"));
    assertEquals(List.of("fuzzy windows"), ofKeyword(fuzzy + "1, keywords: [machine learning]"));
    assertEquals(
        List.of("fuzzy windows"), ofKeyword("method: fuzzy, keywords: [machine learning]"));
    assertEquals(List.of(), ofKeyword("method: bm25, " + fuzzy + "82, keywords: ['café']"));
    assertEquals(List.of(), ofKeyword("method: ngram, ngram_threshold: 0, keywords: [schedule]"));
  }

  private static List<String> ofKeyword(String rule) {
    return points(
        """
        routing:
          signals: {keywords: [{name: k, operator: OR, %s}]}
          decisions: [{name: d, rules: {type: keyword, name: k}}]
        """
            .formatted(rule));
  }

  @Test
  void theLowestThresholdOfLanguagesCountsForAllUpstream() {
    String file =
        """
        routing:
          signals: {language: [{name: de, threshold: 0.6}, {name: fr}, {name: it, threshold: 0.9}]}
          decisions: [{name: d, rules: {type: language, name: de}}]
        """;
    assertEquals(
        List.of("routing.signals.language[1]"),
        named(file, "language thresholds").stream().map(SemanticDifference::key).toList());
    assertEquals(3, named(file, "language text").size());
  }

  @Test
  void aLonePreferenceWithAMarginNeverMatchesUpstream() {
    String file =
        """
        routing:
          signals: {preferences: [{name: p, description: x}]}
          decisions: [{name: d, rules: {type: preference, name: p}}]
        """;
    String margin =
        """
        global:
          model_catalog:
            modules: {classifier: {preference: {prototype_scoring: {margin_threshold: 0.1}}}}
        """;
    assertEquals(List.of(), points(file));
    assertEquals(List.of("lone preference"), points(file + margin));
  }

  private static List<String> points(String file) {
    return Documents.decode(file).differences().stream().map(SemanticDifference::point).toList();
  }

  @Test
  void anEmptyFileDiffersInNothing() {
    assertEquals(List.of(), Documents.decode("routing: {}").differences());
  }

  private static List<SemanticDifference> differences(String conditions, String strategy) {
    return Documents.decode(FILE.formatted(conditions, strategy)).differences();
  }
}
