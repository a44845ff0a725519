package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.GuardParser;
import dev.gatun.router.signal.OnFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Language models of other processes: their settings, and who asks them. */
class ExternalDecoderTest {
  private static final String GUARD =
      "model_role: guardrail, llm_model_name: g, llm_endpoint: {address: h}";
  private static final String CHOOSER =
      "model_role: preference, llm_model_name: p, llm_endpoint: {address: h}";

  /** Rules that ask both models. */
  private static final String RULES =
      Documents.HEAD
          + """
              jailbreak: [{name: j}]
              preferences: [{name: p, description: d}]
            decisions:
              - name: d
                rules:
                  operator: OR
                  conditions: [{type: jailbreak, name: j}, {type: preference, name: p}]
          """;

  private static final String ASKING =
      "modules: {prompt_guard: {use_vllm: true}, classifier: {preference: {use_contrastive:"
          + " false}}}";

  private static String file(String externals) {
    return file("{}", externals, ASKING);
  }

  private static String file(String router, String externals, String modules) {
    return RULES
        + "global:\n  router: "
        + router
        + "\n  model_catalog:\n    external: ["
        + externals
        + "]\n    "
        + modules
        + "\n";
  }

  private static String both(String guard, String chooser) {
    return file("{" + GUARD + guard + "}, {" + CHOOSER + chooser + "}");
  }

  @Test
  void everySettingOfTheSampleIsRead() {
    String sample =
        "{llm_provider: openai, model_role: guardrail, llm_model_name: gpt-4.1-mini, llm_endpoint:"
            + " {address: openai-proxy, port: 8443, protocol: HTTPS, name: proxy, prompt_template:"
            + " '{{ .Prompt }}'}, llm_timeout_seconds: 5, parser_type: json, threshold: 0.65,"
            + " access_key: key, max_tokens: 2048, temperature: 0.2}";
    GlobalSettings global = Documents.config(file(sample + ", {" + CHOOSER + "}")).global();
    ExternalModel guard = global.external(ModelRole.GUARDRAIL).orElseThrow();
    assertEquals("https://openai-proxy:8443", guard.target().origin());
    assertEquals("/v1/chat/completions", guard.path());
    assertEquals("proxy", guard.name());
    assertEquals("gpt-4.1-mini", guard.model());
    assertEquals(Duration.ofSeconds(5), guard.timeout());
    assertEquals("Authorization", guard.authHeader());
    assertEquals("Bearer key", guard.authValue().orElseThrow().reveal());
    assertFalse(guard.toString().contains("Bearer"), guard.toString());
    assertEquals(new Limits(2048, 0.2), guard.limits());
    assertEquals(
        new ExternalModel.Reading(
            GuardParser.JSON, OptionalDouble.of(0.65), Optional.of("{{ .Prompt }}")),
        guard.reading());
    assertEquals(0.65, global.detectors().jailbreak().threshold());
  }

  @Test
  void whatIsNotWrittenIsAsUsual() {
    ExternalModel model =
        Documents.config(both("", "")).global().external(ModelRole.PREFERENCE).orElseThrow();
    assertEquals("http://h", model.target().origin());
    assertEquals("p", model.name());
    assertEquals(Duration.ofSeconds(30), model.timeout());
    assertEquals(new Limits(512, 0), model.limits());
    assertEquals(Optional.empty(), model.authValue());
    assertEquals(GuardParser.AUTO, model.reading().parser());
    assertEquals("", Documents.problems(both("", "")));
  }

  @Test
  void aPathBeforeTheUsualOneIsKept() {
    String azure =
        both(", llm_provider: azure-openai, access_key: k", "")
            .replaceFirst("address: h", "address: 'https://h/openai/deployments/d', port: 0");
    ExternalModel model =
        Documents.config(azure).global().external(ModelRole.GUARDRAIL).orElseThrow();
    assertEquals("https://h", model.target().origin());
    assertEquals("/openai/deployments/d/chat/completions", model.path());
    assertEquals("api-key", model.authHeader());
    assertEquals("k", model.authValue().orElseThrow().reveal());
  }

  @Test
  void theFirstModelOfARoleWins() {
    String twice = file("{" + GUARD + "}, {" + CHOOSER + "}, {" + GUARD + ", threshold: 0.1}");
    assertEquals(
        1,
        Documents.config(twice).global().externals().stream()
            .filter(m -> m.role() == ModelRole.GUARDRAIL)
            .count());
    assertEquals(0.7, Documents.config(twice).global().detectors().jailbreak().threshold());
    assertTrue(
        Documents.problems(twice).contains("global.model_catalog.external[2].model_role — another"),
        Documents.problems(twice));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model_role: gardrail, llm_model_name: g, llm_endpoint: {address: h} | "guardrail"?
          llm_model_name: g, llm_endpoint: {address: h}   | the model has no role
          model_role: guardrail, llm_model_name: g        | the model has no address
          model_role: guardrail, llm_endpoint: {address: h} | the model has no name
          GUARD, parser_type: qwenguard                      | did you mean "qwen3guard"?
          GUARD, llm_timeout_seconds: 0                   | from 1 to 3600
          GUARD, llm_timeout_seconds: soon                | a whole number
          GUARD, max_tokens: 0                            | from 1 to
          GUARD, temperature: 3                           | from 0 to 2
          GUARD, threshold: 1.5                           | from 0 to 1
          GUARD, llm_provider: anthropic                  | the protocol of OpenAI
          GUARD, access_key: "a\\nb"                      | a line break
          model_role: guardrail, llm_model_name: g, llm_endpoint: {address: 'a b'} | not an address
          model_role: guardrail, llm_model_name: g, llm_endpoint: {address: 'ftp://h'} | not an a
          model_role: guardrail, llm_model_name: g, llm_endpoint: {address: h, port: 70000} | 65535
          model_role: guardrail, llm_model_name: g, llm_endpoint: {address: h, protocol: ws} | http
          model_role: guardrail, llm_model_name: g, llm_endpoint: {address: h, \
          prompt_template: judge} | no place for the text
          """)
  void mistakesAreErrors(String entry, String part) {
    String text = file("{" + entry.replace("GUARD", GUARD) + "}, {" + CHOOSER + "}");
    String errors =
        Documents.decode(text).diagnostics().stream()
            .filter(d -> d.severity() == Severity.ERROR)
            .map(Diagnostic::render)
            .collect(Collectors.joining("\n"));
    assertTrue(errors.contains(part), Documents.problems(text));
  }

  @Test
  void aModelThatRulesAskAndThatIsNotThereIsAnError() {
    Decoded decoded = Documents.decode(file(""));
    assertEquals(
        List.of(
            "global.model_catalog.modules.prompt_guard.use_vllm",
            "global.model_catalog.modules.classifier.preference.use_contrastive"),
        Documents.keys(decoded, Severity.ERROR));
    Decoded degraded = Documents.decode(file("{degraded_start: true}", "", ASKING));
    assertEquals(List.of(), Documents.keys(degraded, Severity.ERROR));
    assertEquals(2, Documents.keys(degraded, Severity.WARNING).size());
    String unused = "version: v0.3\n" + file("").substring(file("").indexOf("global:"));
    assertEquals("", Documents.problems(unused));
  }

  @Test
  void rulesOfAnotherRecipeAskThemToo() {
    String text =
        """
        version: v0.3
        routing: {}
        entrypoints: [{model_names: [fine], recipe: r}]
        recipes:
          - name: r
            routing:
              signals: {preferences: [{name: p, examples: [a]}]}
              decisions: [{name: d, rules: {type: preference, name: p}}]
        global: {model_catalog: {modules: {classifier: {preference: {use_contrastive: false}}}}}
        """;
    Decoded decoded = Documents.decode(text);
    assertEquals(
        List.of("global.model_catalog.modules.classifier.preference.use_contrastive"),
        Documents.keys(decoded, Severity.ERROR));
    assertTrue(
        Documents.keys(decoded, Severity.WARNING)
            .contains("recipes[0].routing.signals.preferences[0].examples"),
        Documents.problems(text));
  }

  @Test
  void upstreamStartsWithoutThem() {
    Decoded decoded =
        ConfigDecoder.decode(
            Documents.yaml(
                file("").replace("use_vllm: true", "use_vllm: true, use_mmbert_32k: no")),
            new DecodeOptions(
                false, Optional.of(Compatibility.UPSTREAM_0_3), name -> Optional.empty()));
    assertTrue(decoded.config().isPresent());
    assertTrue(
        Documents.keys(decoded, Severity.WARNING)
            .contains("global.model_catalog.modules.prompt_guard.use_vllm"));
  }

  @Test
  void whoIsTheGuardDependsOnWhatIsWritten() {
    assertTrue(guarded("use_vllm: true", Compatibility.GATUN));
    assertTrue(guarded("use_vllm: true, use_mmbert_32k: false", Compatibility.GATUN));
    assertFalse(guarded("use_vllm: false", Compatibility.GATUN));
    assertFalse(guarded("use_vllm: true", Compatibility.UPSTREAM_0_3));
    assertFalse(guarded("use_vllm: true, use_mmbert_32k: true", Compatibility.UPSTREAM_0_3));
    assertTrue(guarded("use_vllm: true, use_mmbert_32k: false", Compatibility.UPSTREAM_0_3));
  }

  private static boolean guarded(String guard, Compatibility compatibility) {
    String text = file("{}", "{" + GUARD + "}", "modules: {prompt_guard: {" + guard + "}}");
    RouterConfig config =
        ConfigDecoder.decode(
                Documents.yaml(text),
                new DecodeOptions(false, Optional.of(compatibility), name -> Optional.empty()))
            .config()
            .orElseThrow();
    boolean isGuarded = config.global().detectors().guard().isPresent();
    assertEquals(
        isGuarded ? Set.of(ModelRole.GUARDRAIL) : Set.of(),
        config.rolesAsked(config.routing(), Family.JAILBREAK));
    assertEquals(!isGuarded, config.asksClassifier(config.routing(), Family.JAILBREAK));
    return isGuarded;
  }

  @Test
  void upstreamSaysThatItsClassifierWins() {
    String text =
        file(
            "{compatibility: upstream-0.3}",
            "{" + GUARD + "}",
            "modules: {prompt_guard: {use_vllm: true}}");
    assertTrue(
        Documents.problems(text).contains("write use_mmbert_32k: false"), Documents.problems(text));
  }

  @Test
  void rolesThatNothingAsksYetAreSaidToBe() {
    String text = both("", "").replace("]\n    modules", ", {model_role: scoring}]\n    modules");
    assertEquals(
        List.of("global.model_catalog.external[2].model_role"),
        Documents.keys(Documents.decode(text), Severity.UNSUPPORTED));
    assertEquals(List.of(), Documents.keys(Documents.decode(text), Severity.ERROR));
  }

  @Test
  void whatHasNoEffectIsSaidToHaveNone() {
    String text =
        file(
                "{}",
                "{" + GUARD + "}, {" + CHOOSER + ", threshold: 0.5, parser_type: json}",
                "modules: {classifier: {preference: {use_contrastive: false, prototype_scoring:"
                    + " {top_m: 1}}}}")
            .replace("{name: p, description: d}", "{name: other, examples: [a]}")
            .replace("name: p}", "name: other}");
    assertEquals(
        List.of(
            "routing.signals.preferences[0].name",
            "routing.signals.preferences[0].examples",
            "global.model_catalog.external[0].model_role",
            "global.model_catalog.external[1].threshold",
            "global.model_catalog.external[1].parser_type",
            "global.model_catalog.modules.classifier.preference.prototype_scoring"),
        Documents.keys(Documents.decode(text), Severity.WARNING));
  }

  @Test
  void preferencesThatAModelChoosesNeedNoVectors() {
    RouterConfig config = Documents.config(both("", ""));
    assertTrue(config.routing().signals().all().stream().noneMatch(config::comparesTexts));
    RouterConfig contrastive =
        Documents.config(file("{}", "{" + GUARD + "}", "modules: {prompt_guard: {use_vllm: yes}}"));
    assertTrue(contrastive.routing().signals().all().stream().anyMatch(contrastive::comparesTexts));
  }

  @Test
  void familiesWaitForTheirModelsUnlessADeadlineIsWritten() {
    assertEquals(Duration.ofSeconds(31), deadline("{}", Family.PREFERENCE));
    assertEquals(Duration.ofSeconds(10), deadline("{}", Family.JAILBREAK), "5 s are shorter");
    assertEquals(Duration.ofSeconds(10), deadline("{}", Family.DOMAIN));
    String usual = "{signals: {deadline: 2s}}";
    assertEquals(Duration.ofSeconds(2), deadline(usual, Family.PREFERENCE));
    String own = "{signals: {families: {preference: {deadline: 3s}}}}";
    assertEquals(Duration.ofSeconds(3), deadline(own, Family.PREFERENCE));
    String closed = "{signals: {families: {preference: {on_failure: closed}}}}";
    assertEquals(Duration.ofSeconds(31), deadline(closed, Family.PREFERENCE));
    assertEquals(
        OnFailure.CLOSED, global(closed).router().failures().of(Family.PREFERENCE).onFailure());
    String text = patient("{signals: {deadline: 2s}}");
    assertEquals(
        List.of("global.model_catalog.external[0].llm_timeout_seconds"),
        Documents.keys(Documents.decode(text), Severity.WARNING));
  }

  private static String patient(String router) {
    return file(router, "{" + GUARD + ", llm_timeout_seconds: 5}, {" + CHOOSER + "}", ASKING);
  }

  private static GlobalSettings global(String router) {
    return Documents.config(patient(router)).global();
  }

  private static Duration deadline(String router, Family family) {
    return global(router).router().failures().of(family).deadline();
  }

  @Test
  void aReplyIsKeptOnlyWhenItSaysSomething() {
    List<ExternalModel> models = Documents.config(both("", "")).global().externals();
    assertTrue(models.getFirst().understands("Safety: Safe"));
    assertFalse(models.getFirst().understands("hm"));
    assertTrue(models.getLast().understands("{\"route\": \"x\"}"));
    assertFalse(models.getLast().understands("Safety: Safe"));
  }

  @Test
  void theKeyIsNeverShown() {
    Node document = Documents.yaml(both(", access_key: sk-1", ", access_key: '${KEY}'"));
    String shown = Redaction.of(document).toString();
    assertFalse(shown.contains("sk-1"), shown);
    assertTrue(shown.contains("${KEY}"), shown);
  }
}
