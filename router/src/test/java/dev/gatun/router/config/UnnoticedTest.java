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
            - {name: odd, operator: OR, keywords: [a]}
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

  private static final String BINDING = "{name: b, role: r, subjects: [{kind: User, name: u}]}";

  private static final List<String> KEYS =
      List.of(
          "routing.modelCards[0].quality_score",
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

  /** Spec config §2, §3.2, §6: the router takes what its command line would refuse. */
  @Test
  void upstreamTakesWhatItNeverLooksAt() {
    String leaf = "{type: keyword, name: odd}";
    for (String change :
        List.of(
            "modelRefs: [{model: ghost}]",
            "modelRefs: [{model: small, weight: -1}]",
            "rules: {type: keyword, name: odd, operator: AND, conditions: [" + leaf + "]}",
            "rules: {operator: OR, conditions: [" + leaf + ", {operator: OR, conditions: []}]}",
            "rules: {operator: OR, conditions: [" + leaf + ", {type: keyword}]}",
            "rules: {operator: OR, conditions: ["
                + leaf
                + ", {operator: OR, conditions: [{type:"
                + " latency, name: x}]}]}",
            "name: first")) {
      assertTakenByUpstream(
          file("- {" + change + (change.startsWith("name") ? "}" : ", name: z}"), "", ""));
    }
    for (String model :
        List.of(
            "api_format: cohere",
            "pricing: {prompt_per_1m: -1}",
            "backend_refs: [{endpoint: 'h:2', weight: -2}]",
            "backend_refs: [{endpoint: 'h:2', protocol: ftp}]")) {
      String refs = model.startsWith("backend") ? "" : ", backend_refs: [{endpoint: 'h:1'}]";
      assertTakenByUpstream(file("", ", " + model + refs, ""));
    }
    for (String more :
        List.of(
            "listeners: [{port: 70000}]",
            "listeners: [{port: 8801, timeout: soon}]",
            "listeners: [{name: a, port: 8801}, {name: b, port: 8801}]")) {
      assertTakenByUpstream(file("", ", backend_refs: [{endpoint: 'h:1'}]", more));
    }
    String twice = file("", ", backend_refs: [{endpoint: 'h:1'}]", "");
    assertTakenByUpstream(
        twice.replace(
            "keywords: [a]}", "keywords: [a]}\n      - {name: odd, operator: OR, keywords: [b]}"));
  }

  /** Nothing reaches a threshold above 1; what is not above 0 is that of nothing written. */
  @Test
  void upstreamTakesThresholdsOfModelsAsTheyAre() {
    String file =
        """
        global:
          model_catalog:
            modules:
              prompt_guard: {threshold: 2}
              classifier: {domain: {threshold: 1.5}}
              feedback_detector: {threshold: -1}
              hallucination_mitigation: {fact_check: {threshold: 4}}
        """;
    GlobalSettings global =
        decode(file, Compatibility.UPSTREAM_0_3).config().orElseThrow().global();
    assertEquals(2, global.detectors().jailbreak().threshold());
    assertEquals(1.5, global.domain().threshold());
    assertEquals(0.5, global.detectors().userFeedback().threshold());
    assertEquals(4, global.detectors().factCheck());
    assertEquals(4, keys(decode(file, Compatibility.GATUN), Severity.ERROR).size());
  }

  @Test
  void aComposerOfNothingIsNoComposer() {
    for (String composer : List.of("NOT, conditions: []", "NOT", "OR, conditions: []")) {
      String text =
          """
          routing:
            signals:
              complexity:
                - {name: c, threshold: 0.1, hard: {candidates: [x]}, composer: {operator: %s}}
            decisions: [{name: d, rules: {type: complexity, name: 'c:hard'}}]
          """
              .formatted(composer);
      assertTakenByUpstream(text);
      Routing routing = decode(text, Compatibility.UPSTREAM_0_3).config().orElseThrow().routing();
      assertEquals(Rule.never(), routing.projections().composers().get("c"), composer);
    }
  }

  @Test
  void whatUpstreamRefusesStaysRefused() {
    for (String change :
        List.of(
            "modelRefs: [{model: ghost, lora_name: l}]",
            "rules: {operator: OR, conditions: [{type: latency, name: x}]}",
            "rules: {type: domain, name: ghost}",
            "rules: {type: domain}")) {
      String text = file("- {name: z, " + change + "}", "", "");
      assertEquals(1, keys(decode(text, Compatibility.UPSTREAM_0_3), Severity.ERROR).size(), text);
    }
  }

  private static void assertTakenByUpstream(String text) {
    List<String> errors = keys(decode(text, Compatibility.GATUN), Severity.ERROR);
    assertEquals(1, errors.size(), () -> text + errors);
    Decoded upstream = decode(text, Compatibility.UPSTREAM_0_3);
    assertEquals(List.of(), keys(upstream, Severity.ERROR), text);
    assertTrue(keys(upstream, Severity.WARNING).containsAll(errors), text);
  }

  private static String file(String decision, String model, String more) {
    String served = model.isEmpty() ? ", backend_refs: [{endpoint: 'h:1'}]" : model;
    return """
    version: v0.3
    providers:
      models:
        - {name: small%s}
    routing:
      modelCards: [{name: small}]
      signals:
        keywords:
          - {name: odd, operator: OR, keywords: [a]}
        domains: [{name: math}]
      decisions:
        - {name: first, rules: {type: keyword, name: odd}, modelRefs: [{model: small}]}
        %s
    %s
    """
        .formatted(served, decision, more);
  }

  /** Upstream does not start with them, and a rule is never dropped in silence. */
  @Test
  void whatUpstreamNoticesAtItsStartIsAnErrorEverywhere() {
    for (String signals :
        List.of(
            "keywords: [{name: k, operator: XOR, keywords: [a]}]",
            "keywords: [{name: k, operator: or, keywords: [a]}]",
            "keywords: [{name: k, operator: OR, method: regex, keywords: ['(x']}]",
            "keywords: [{name: k, operator: '', keywords: [a]}]",
            "keywords: [{name: k, keywords: [a]}]",
            "keywords: [{name: k, operator: OR}]",
            "keywords: [{name: k, operator: OR, keywords: []}]",
            "keywords: [{name: k, operator: OR, method: guess, keywords: [a]}]",
            "role_bindings: [{name: b, role: r}]",
            "role_bindings: [{name: b, role: r, subjects: []}]",
            "role_bindings: [{name: b, role: r, subjects: [{kind: Robot, name: u}]}]",
            "role_bindings: [{name: b, role: r, subjects: [{name: u}]}]",
            "role_bindings: [{name: b, role: r, subjects: [{kind: User, name: ''}]}]",
            "role_bindings: [{name: '', role: r, subjects: [{kind: User, name: u}]}]",
            "role_bindings: [" + BINDING + ", " + BINDING + "]",
            "structure: [{name: k, feature: {type: count, source: {type: regex, pattern: '('}}}]",
            "preferences: [{name: k}, {name: l}]")) {
      String file = "routing: {signals: {" + signals + "}}";
      for (Compatibility compatibility : Compatibility.values()) {
        Decoded decoded = decode(file, compatibility);
        assertTrue(decoded.config().isEmpty(), file);
        assertEquals(1, keys(decoded, Severity.ERROR).size(), file);
        assertEquals(compatibility == Compatibility.UPSTREAM_0_3, decoded.loads(), file);
      }
    }
    String broken = "routing: {signals: {keywords: [{name: k, operator: XOR, keywords: {}}]}}";
    assertTrue(!decode(broken, Compatibility.UPSTREAM_0_3).loads());
  }

  @Test
  void preferencesThatAModelChoosesNeedNoTexts() {
    String file =
        """
        routing: {signals: {preferences: [{name: k}]}}
        global:
          model_catalog:
            external:
              - model_role: preference
                llm_endpoint: {address: 127.0.0.1, port: 9}
                llm_model_name: m
            modules: {classifier: {preference: {use_contrastive: false}}}
        """;
    assertTrue(decode(file, Compatibility.GATUN).config().isPresent());
    String one = "routing: {signals: {preferences: [{name: k}, {name: l, description: d}]}}";
    assertEquals(List.of(), keys(decode(one, Compatibility.GATUN), Severity.ERROR));
  }

  private static Decoded decode(Compatibility compatibility) {
    return decode(FILE, compatibility);
  }

  private static Decoded decode(String file, Compatibility compatibility) {
    return ConfigDecoder.decode(
        Documents.yaml(file),
        new DecodeOptions(false, Optional.of(compatibility), name -> Optional.empty()));
  }

  private static List<String> keys(Decoded decoded, Severity severity) {
    return decoded.diagnostics().stream()
        .filter(diagnostic -> diagnostic.severity() == severity)
        .map(Diagnostic::key)
        .toList();
  }
}
