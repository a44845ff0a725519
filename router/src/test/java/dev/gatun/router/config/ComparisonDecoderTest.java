package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Attachments.Attachment;
import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.ComparisonSettings;
import dev.gatun.router.signal.KnowledgeBase;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rules and settings of the families that compare sentence vectors. */
class ComparisonDecoderTest {
  private static final String MANIFEST =
      "{\"version\": \"1\", \"labels\": {\"secret\": {\"description\": \"d\","
          + " \"exemplars\": [\"the key\"]}, \"plain\": {\"exemplars\": [\"the weather\"]}}}";

  private static final String BASE =
      """
      routing:
        signals:
          kb: [{name: k, kb: own, target: {kind: label, value: secret}}]
      global:
        model_catalog:
          kbs:
            - name: own
              source: {path: bases/own}
              threshold: 0.4
              groups: {open: [plain], closed: [secret]}
              metrics: [{name: m, type: group_margin, positive_group: open, negative_group: closed}]
      """;

  @Test
  void anExplicitZeroIsZeroButForUpstream() {
    String text =
        """
        global:
          model_catalog:
            modules:
              complexity: {prototype_scoring: {best_weight: 0, top_m: 0, max_prototypes: 0}}
            embeddings: {semantic: {embedding_config: {top_k: 0, target_dimension: 64}}}
        """;
    ComparisonSettings ours = settings(text, Compatibility.GATUN);
    assertEquals(0, ours.complexity().bestWeight());
    assertEquals(0, ours.complexity().topM());
    assertEquals(0, ours.embedding().topK());
    assertEquals(64, ours.dimension().getAsInt());
    ComparisonSettings upstream = settings(text, Compatibility.UPSTREAM_0_3);
    assertEquals(0.75, upstream.complexity().bestWeight());
    assertEquals(2, upstream.complexity().topM());
    assertEquals(8, upstream.complexity().maxPrototypes());
  }

  @Test
  void modelsThatAreNotEmbeddedAreSaidToBe() {
    String text =
        """
        global:
          model_catalog:
            embeddings:
              semantic:
                mmbert_model_path: models/mmbert
                embedding_config: {model_type: mmbert, target_layer: 6}
        """;
    List<Diagnostic> found = Documents.decode(text).diagnostics();
    assertEquals(
        List.of("global.model_catalog.embeddings.semantic.mmbert_model_path"),
        found.stream()
            .filter(d -> d.severity() == Severity.UNSUPPORTED)
            .map(Diagnostic::key)
            .toList());
    String own =
        "global: {model_catalog: {embeddings: {semantic: {embedding_config: "
            + "{model_type: bert, backend: candle}}}}}";
    assertTrue(
        Documents.decode(own).diagnostics().stream()
            .allMatch(d -> d.severity() == Severity.WARNING));
  }

  @Test
  void aModalityWithoutAModelIsAnError() {
    String rule =
        "routing: {signals: {embeddings: [{name: e, threshold: 0.5, candidates: [a], "
            + "query_modality: %s}]}}";
    assertTrue(errors(rule.formatted("image")).contains("role image_embedding"));
    assertTrue(errors(rule.formatted("audio")).contains("transcription or audio_embedding"));
    String endpoint =
        rule.formatted("audio")
            + "\nglobal: {model_catalog: {external: "
            + "[{model_role: transcription, llm_model_name: w, llm_endpoint: {address: h}}]}}";
    assertEquals("", errors(endpoint));
    assertFalse(Documents.decode(endpoint).has(Severity.UNSUPPORTED));
    String model =
        rule.formatted("image")
            + "\nglobal: {model_catalog: {embeddings: {semantic: {embedding_config: "
            + "{model_type: multimodal}}}}}";
    assertEquals("", errors(model));
    assertTrue(
        Documents.render(Documents.decode(model).diagnostics())
            .contains("query_modality — image needs an endpoint with the role image_embedding"));
  }

  @Test
  void twoEmbeddingRulesOfWhichOneIsKeptAreReported() {
    String text =
        """
        routing:
          signals:
            embeddings:
              - {name: a, threshold: 0.5, candidates: [x]}
              - {name: b, threshold: 0.5, candidates: [y]}
          decisions:
            - name: both
              rules: {operator: AND, conditions: [{type: embedding, name: a},
                {operator: AND, conditions: [{type: embedding, name: b}]}]}
            - name: either
              rules: {operator: OR, conditions: [{type: embedding, name: a},
                {type: embedding, name: b}]}
        """;
    List<Diagnostic> found =
        Documents.decode(text).diagnostics().stream()
            .filter(d -> d.message().contains("only one is kept"))
            .toList();
    assertEquals(1, found.size());
    assertTrue(found.getFirst().message().contains("both"));
  }

  /** Winners of partitions are exempt from the cut (spec projections-decisions §1). */
  @Test
  void winnersOfPartitionsAreKeptInOurSemanticsOnly() {
    String text =
        """
        routing:
          signals:
            embeddings:
              - {name: a, threshold: 0.5, candidates: [x]}
              - {name: b, threshold: 0.5, candidates: [y]}
              - {name: c, threshold: 0.5, candidates: [z]}
              - {name: d, threshold: 0.5, candidates: [v]}
          projections:
            partitions:
              - {name: p, semantics: exclusive, members: [a, b], default: a}
              - {name: q, semantics: exclusive, members: [c, d], default: c}
          decisions:
            - name: both
              rules: {operator: AND, conditions: [{type: embedding, name: a},
                {type: embedding, name: c}]}
        global: {router: {compatibility: %s}}
        """;

    assertEquals(0, kept(text.formatted("gatun")));
    assertEquals(2, kept(text.formatted("upstream-0.3")));
  }

  /** Where nothing names another model, the embedded one compares texts. */
  @Test
  void vectorsCannotBeLongerThanThoseOfTheEmbeddedModel() {
    String text = "global: {model_catalog: {embeddings: {semantic: {%s}}}}";
    String target = "embedding_config: {target_dimension: 512}";

    assertTrue(Documents.problems(text.formatted(target)).contains("vectors of bert have 384"));
    assertFalse(
        Documents.problems(text.formatted("mmbert_model_path: m, " + target))
            .contains("vectors of bert"));
    assertFalse(
        Documents.problems(text.formatted(target.replace("512", "384"))).contains("bert have"));
  }

  private static long kept(String text) {
    return Documents.decode(text).diagnostics().stream()
        .filter(d -> d.message().contains("only one is kept"))
        .count();
  }

  @Test
  void aColonInAComplexityRuleIsAnError() {
    String text = "routing: {signals: {complexity: [{name: 'a:b', threshold: 0.1}]}}";
    assertTrue(errors(text).contains("colon"));
    assertTrue(decode(text, Compatibility.UPSTREAM_0_3).config().isPresent());
  }

  @Test
  void aManifestIsReadAndItsBasesAreTheReferencedOnes() {
    Decoded decoded = decode(BASE, path -> new Attachment.Found(Documents.yaml(MANIFEST)));
    List<KnowledgeBase> bases =
        decoded
            .config()
            .orElseThrow(() -> new AssertionError(Documents.render(decoded.diagnostics())))
            .global()
            .comparison()
            .bases();
    assertEquals(List.of("the key"), bases.getFirst().exemplars().get("secret"));
    assertEquals(List.of("open", "closed"), List.copyOf(bases.getFirst().groups().keySet()));
    String unused =
        BASE.replace("kb: [{name: k", "language: [{name: k")
            .replace(", kb: own, target: {kind: label, value: secret}", "");
    assertTrue(
        Documents.decode(unused).config().orElseThrow().global().comparison().bases().isEmpty());
  }

  @Test
  void whatAManifestDoesNotHaveIsAnError() {
    Attachments manifest = path -> new Attachment.Found(Documents.yaml(MANIFEST));
    Decoded label = decode(BASE.replace("value: secret", "value: secrets"), manifest);
    assertTrue(Documents.render(label.diagnostics()).contains("did you mean \"secret\"?"));
    Decoded group = decode(BASE.replace("[plain]", "[plan]"), manifest);
    assertTrue(Documents.render(group.diagnostics()).contains("no label \"plan\""));
    Decoded metric = decode(BASE.replace("name: m,", "name: best_score,"), manifest);
    assertTrue(metric.config().isEmpty());
  }

  @Test
  void aMissingManifestStopsAServerUnlessItMayStartDegraded() {
    Attachments none = path -> new Attachment.Missing(List.of(path));
    Decoded decoded = decode(BASE, none);
    assertEquals(List.of("routing.signals.kb[0].kb"), Documents.keys(decoded, Severity.ERROR));
    assertTrue(Documents.render(decoded.diagnostics()).contains("bases/own/labels.json"));
    for (String router : List.of("{degraded_start: true}", "{compatibility: upstream-0.3}")) {
      Decoded started = decode(BASE + "  router: " + router + "\n", none);
      assertTrue(started.config().isPresent(), router);
      assertTrue(
          Documents.keys(started, Severity.WARNING).contains("routing.signals.kb[0].kb"), router);
    }
  }

  /** Every file has them, and this program does not bring their manifests along. */
  @Test
  void aMissingManifestOfABaseThatEveryFileHasIsNoMistakeOfTheFile() {
    String text =
        "routing: {signals: {kb: [{name: k, kb: privacy_kb, target: {kind: group, value:"
            + " privacy_policy}}]}}\n";
    Decoded decoded = decode(text, path -> new Attachment.Missing(List.of(path)));

    assertEquals(List.of(), Documents.keys(decoded, Severity.ERROR));
    assertEquals(
        List.of("routing.signals.kb[0].kb"), Documents.keys(decoded, Severity.UNSUPPORTED));
  }

  /** Their values are kept under names in small letters (spec signals §10). */
  @Test
  void metricsWhoseNamesDifferOnlyInCapitalsAreAnError() {
    String second =
        ", {name: M, type: group_margin, positive_group: closed, negative_group: open}]";
    String text = BASE.replace("negative_group: closed}]", "negative_group: closed}" + second);

    assertTrue(errors(text).contains("kbs[0].metrics[1].name"), errors(text));
    assertTrue(decode(text, Compatibility.UPSTREAM_0_3).config().isPresent());
    assertTrue(errors(BASE.replace("name: m,", "name: Best_Score,")).contains("capital letters"));
  }

  @Test
  void anImageThatIsNoneIsAnErrorAtItsPlace() {
    String text =
        """
        routing:
          signals:
            complexity:
              - name: c
                threshold: 0.1
                hard: {candidates: [h], image_candidates: [./ok.png, cat.png]}
                easy: {candidates: [e], image_candidates: ["data:image/png;base64,AA=="]}
        """;

    assertTrue(errors(text).contains("config.yaml:6:62"), errors(text));
    assertEquals(1, errors(text).lines().count(), errors(text));
    assertEquals("", errors(text.replace(", cat.png", "")));
    assertTrue(decode(text, Compatibility.UPSTREAM_0_3).config().isPresent());
  }

  private static ComparisonSettings settings(String text, Compatibility compatibility) {
    Decoded decoded = decode(text, compatibility);
    return decoded
        .config()
        .orElseThrow(() -> new AssertionError(Documents.render(decoded.diagnostics())))
        .global()
        .comparison();
  }

  private static Decoded decode(String text, Compatibility compatibility) {
    return ConfigDecoder.decode(
        Documents.yaml(text),
        new DecodeOptions(false, Optional.of(compatibility), name -> Optional.empty()));
  }

  private static Decoded decode(String text, Attachments attachments) {
    return ConfigDecoder.decode(
        Documents.yaml(text),
        new DecodeOptions(false, Optional.empty(), name -> Optional.empty(), attachments));
  }

  private static String errors(String text) {
    return Documents.render(
        Documents.decode(text).diagnostics().stream()
            .filter(d -> d.severity() == Severity.ERROR)
            .toList());
  }
}
