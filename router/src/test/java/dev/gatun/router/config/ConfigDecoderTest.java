package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.config.Providers.Backend;
import dev.gatun.router.decision.Decision;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.ModelRef;
import dev.gatun.router.model.Secret;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Keyword;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.text.Fuzziness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigDecoderTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("EDGE_KEY", "k-123", "FRONTIER_KEY", "f-456", "PORT", "9000", "EMPTY", "");

  @Test
  void anEmptyRoutingIsAConfigurationWithDefaults() {
    RouterConfig config = Documents.config("routing: {}");
    assertEquals(List.of(Listener.byDefault()), config.listeners());
    assertEquals(GlobalSettings.byDefault(), config.global());
    assertEquals(List.of("MoM"), config.global().router().autoModelNames());
  }

  @Test
  void listenersAndGlobalSettingsAreRead() throws IOException {
    RouterConfig config = complete();
    Listener listener = config.listeners().getFirst();
    assertEquals("127.0.0.1", listener.address());
    assertEquals(Duration.ofMinutes(10), listener.timeout());
    assertEquals(List.of(new Secret("k-123")), listener.apiKeys());
    assertEquals(List.of("router"), config.global().router().autoModelNames());
    assertEquals(
        GlobalSettings.ResponseHeaders.MINIMAL, config.global().router().responseHeaders());
    assertEquals(9090, config.global().managementApi().port());
    assertEquals(OptionalInt.of(2), config.global().nativeSettings().lanes());
    assertEquals(0.4, config.global().domain().threshold());
    assertEquals(Optional.of("other"), config.global().domain().fallbackCategory());
  }

  @Test
  void theEngineCanBeConfigured() {
    GlobalSettings.NativeSettings settings =
        Documents.config(
                """
                routing: {}
                global:
                  native:
                    backend: cpu
                    precision: bf16
                    isa_max: avx2
                    threads_per_lane: 3
                    pin_threads: true
                    cache_dir: /var/cache/gatun
                    cache_bytes_max: 9000000000
                    queue_tokens_max: 1000
                """)
            .global()
            .nativeSettings();
    assertEquals("cpu", settings.backend());
    assertEquals(Optional.of("bf16"), settings.precision());
    assertEquals(Optional.of("avx2"), settings.isaMax());
    assertEquals(OptionalInt.of(3), settings.threadsPerLane());
    assertTrue(settings.pinThreads());
    assertEquals(Optional.of("/var/cache/gatun"), settings.cacheDir());
    assertEquals(9_000_000_000L, settings.cacheBytesMax().orElseThrow());
    assertEquals(OptionalInt.of(1000), settings.queueTokensMax());
  }

  @Test
  void backendsAreReadyToUse() throws IOException {
    Providers providers = complete().providers();
    Providers.Model house = providers.model("house").orElseThrow();
    assertEquals(Duration.ofMillis(300), house.timeouts().connect());
    assertEquals(Duration.ofSeconds(90), house.timeouts().firstByte());
    assertEquals(OptionalDouble.of(0), house.pricing().orElseThrow().completionPer1m());
    assertEquals(OptionalDouble.empty(), house.pricing().orElseThrow().cachedInputPer1m());
    Backend first = house.backends().getFirst();
    assertEquals("primary", first.name());
    assertEquals("http://10.0.0.11:8000", first.target().origin());
    assertEquals("/v1/chat/completions", first.chatPath());
    assertEquals("acme/house-9b", first.upstreamModel());
    assertTrue(first.authValue().isEmpty());
    assertEquals("backend-2", house.backends().get(1).name());
    assertEquals("https://10.0.0.12", house.backends().get(1).target().origin());
  }

  @Test
  void aBaseUrlKeepsItsPathAndAKeyItsPrefix() throws IOException {
    Backend cloud = complete().providers().model("frontier").orElseThrow().backends().getFirst();
    assertEquals("https://llm.example.net", cloud.target().origin());
    assertEquals("/v1/chat/completions", cloud.chatPath());
    assertEquals("Authorization", cloud.authHeader());
    assertEquals("Bearer f-456", cloud.authValue().orElseThrow().reveal());
    assertEquals(Map.of("X-Team", new Secret("search")), cloud.extraHeaders());
    assertEquals("frontier-2", cloud.upstreamModel());
  }

  @Test
  void signalsAndDecisionsAreRead() throws IOException {
    Routing routing = complete().routing();
    assertEquals("no", routing.keywords().getFirst().name());
    assertEquals(
        new Keyword.AsText(false, new Fuzziness.Similarity(80)),
        routing.keywords().get(1).method());
    Decision hard = routing.decisions().getFirst();
    Rule math = Rule.on(new SignalKey(Family.DOMAIN, "math"));
    Rule no = Rule.on(new SignalKey(Family.KEYWORD, "no"));
    assertEquals(Rule.all(math, Rule.not(no)), hard.rule());
    ModelRef first = hard.candidates().getFirst();
    assertEquals(3.0, first.weight());
    assertEquals(Optional.of(true), first.reasoning());
    assertEquals(Rule.always(), routing.decisions().get(1).rule());
  }

  @Test
  void withoutDeclaredDomainsEveryReferencedNameIsOne() {
    RouterConfig config =
        Documents.config("routing: {decisions: [{name: d, rules: {type: domain, name: cooking}}]}");
    assertEquals(
        List.of(
            new Domain(
                "cooking", "cooking", List.of("other"), Map.of(), Optional.empty(), List.of())),
        config.routing().domains());
  }

  @Test
  void aRootWithoutConditionsHoldsAlwaysButNotUpstream() {
    String text = "routing: {decisions: [{name: d, rules: {}}, {name: e, rules: {operator: AND}}]}";
    assertEquals(
        List.of(Rule.always(), Rule.always()),
        Documents.config(text).routing().decisions().stream().map(Decision::rule).toList());
    String upstream = text + "\nglobal: {router: {compatibility: upstream-0.3}}";
    RouterConfig config = Documents.config(upstream);
    assertEquals(Compatibility.UPSTREAM_0_3, config.global().router().compatibility());
    assertEquals(
        List.of(Rule.never(), Rule.always()),
        config.routing().decisions().stream().map(Decision::rule).toList());
  }

  @Test
  void truthValuesOfYaml11CountOnlyWhereATruthValueIsExpected() {
    Routing routing =
        Documents.config(
                """
                routing:
                  signals:
                    keywords: [{name: on, operator: OR, keywords: [no, 0123], case_sensitive: ON}]
                """)
            .routing();
    Keyword keyword = routing.keywords().getFirst();
    assertEquals("on", keyword.name());
    assertEquals(List.of("no", "0123"), keyword.keywords());
    assertEquals(new Keyword.AsText(true, new Fuzziness.Exact()), keyword.method());
  }

  @Test
  void variablesAreReplacedOnceAndKeepTheShape() {
    assertEquals("9000", address("${PORT}"));
    assertEquals("a9000b", address("a${PORT}b"));
    assertEquals("x", address("${MISSING:-x}"));
    assertEquals("x", address("${EMPTY:-x}"));
    assertEquals("${PORT}", address("$${PORT}"));
    assertEquals("$PORT", address("$PORT"));
    assertEquals("a: b", address("${MISSING-a: b}"));
  }

  @Test
  void aVariableMayBeANumber() {
    Decoded decoded = decode("listeners: [{port: '${PORT}'}]\nrouting: {}");
    assertEquals(9000, decoded.config().orElseThrow().listeners().getFirst().port());
  }

  @Test
  void anUnsetVariableIsAnError() {
    Decoded decoded = decode("routing: {}\nlisteners: [{address: '${MISSING}'}]");
    assertTrue(decoded.has(Severity.ERROR));
    assertTrue(Documents.render(decoded.diagnostics()).contains("MISSING is not set"));
  }

  @Test
  void whatComesFromTheEnvironmentIsNeverShown() {
    Decoded decoded =
        ConfigDecoder.decode(
            Documents.yaml(
                "routing: {}\nlisteners: [{port: '${KEY}'}]\n"
                    + "global: {router: {strategy: '${KEY}'}}"),
            new DecodeOptions(false, name -> Optional.of("hunter2")));
    assertFalse(Documents.render(decoded.diagnostics()).contains("hunter2"));
    assertEquals("***", new Secret("hunter2").toString());
  }

  @Test
  void anUnknownKeyIsAWarningUnlessStrict() {
    Node document = Documents.yaml("routing: {decisons: []}");
    Decoded lenient = ConfigDecoder.decode(document, DecodeOptions.lenient());
    assertFalse(lenient.has(Severity.ERROR));
    String report = Documents.render(lenient.diagnostics());
    assertTrue(report.contains("did you mean \"decisions\"?"), report);
    Decoded strict = ConfigDecoder.decode(document, new DecodeOptions(true, n -> Optional.empty()));
    assertTrue(strict.has(Severity.ERROR));
  }

  @Test
  void deepDocumentsAreRefusedWithoutRecursionWithoutEnd() {
    String deep = "routing: " + "{a: ".repeat(300) + "x" + "}".repeat(300);
    assertTrue(decode(deep).has(Severity.ERROR));
  }

  @Test
  void anExplicitEmptyPrefixRemovesTheUsualOne() {
    Backend backend = backend("{endpoint: 'h:1', api_key: k, auth_prefix: ''}");
    assertEquals("k", backend.authValue().orElseThrow().reveal());
  }

  @Test
  void anAdapterIsServedWhereItsBaseIs() throws IOException {
    RouterConfig config = complete();
    RouterConfig.Serving adapter = config.serving("frontier-sql").orElseThrow();
    assertEquals("frontier", adapter.model().name());
    assertEquals("frontier-sql", adapter.nameAt(adapter.model().backends().getFirst()));
    RouterConfig.Serving base = config.serving("frontier").orElseThrow();
    assertEquals("frontier-2", base.nameAt(base.model().backends().getFirst()));
    assertTrue(config.serving("unheard-of").isEmpty());
  }

  @Test
  void aThresholdOfZeroIsUnsetButForEdits() {
    String text =
        """
        routing:
          signals:
            keywords:
              - {name: f, operator: OR, keywords: [x], fuzzy_match: true, fuzzy_threshold: 0}
              - {name: g, operator: OR, keywords: [x], fuzzy_match: true, fuzzy_threshold: 80}
              - {name: b, operator: OR, keywords: [tax], method: bm25, bm25_threshold: 0}
              - {name: n, operator: OR, keywords: [tax], method: ngram, ngram_threshold: 0}
        """;
    assertEquals(
        List.of(
            new Keyword.AsText(false, new Fuzziness.Edits(0)),
            new Keyword.AsText(false, new Fuzziness.Similarity(80)),
            new Keyword.ByRelevance(0.1),
            new Keyword.ByNgrams(0.4, 3, false)),
        methods(text));
    assertEquals(
        List.of(
            new Keyword.AsText(false, new Fuzziness.Edits(2)),
            new Keyword.AsText(false, new Fuzziness.Edits(80)),
            new Keyword.ByRelevance(0.1),
            new Keyword.ByNgrams(0.4, 3, false)),
        methods(text + "global: {router: {compatibility: upstream-0.3}}"));
  }

  private static List<Keyword.Method> methods(String text) {
    return Documents.config(text).routing().keywords().stream().map(Keyword::method).toList();
  }

  @Test
  void pathsFollowTheProvider() {
    assertEquals(
        "/openai/chat/completions?api-version=2025-01-01",
        backend("{base_url: 'https://h/openai', provider: azure-openai, api_version: 2025-01-01}")
            .chatPath());
    assertEquals(
        "/v1/messages", backend("{base_url: 'https://h', provider: anthropic}").chatPath());
    assertEquals("/x/chat/completions", backend("{endpoint: 'https://h/x'}").chatPath());
    assertEquals("/mine", backend("{endpoint: 'h', chat_path: /mine}").chatPath());
  }

  @Test
  void namesSentUpstreamFollowTypeThenProvider() {
    String ids = "external_model_ids: {openai: o, vllm: v}";
    assertEquals("o", model(ids, "{endpoint: h, type: openai}").upstreamModel());
    assertEquals("o", model(ids, "{endpoint: h, provider: openai}").upstreamModel());
    assertEquals("v", model(ids, "{endpoint: h}").upstreamModel());
    assertEquals("m", model(ids, "{endpoint: h, type: sglang}").upstreamModel());
    assertEquals(
        "p", model("provider_model_id: p", "{endpoint: h, provider: openai}").upstreamModel());
  }

  private static Backend backend(String ref) {
    return model("reasoning_family: ''", ref);
  }

  private static Backend model(String more, String ref) {
    String text =
        """
        routing: {modelCards: [{name: m}]}
        providers:
          models:
            - name: m
              %s
              backend_refs: [%s]
        """
            .formatted(more, ref);
    Providers providers = Documents.config(text).providers();
    return providers.model("m").orElseThrow().backends().getFirst();
  }

  private static String address(String written) {
    Decoded decoded = decode("listeners: [{address: '" + written + "'}]\nrouting: {}");
    return decoded.config().orElseThrow().listeners().getFirst().address();
  }

  /** YAML 1.2 knows no octal numbers of that form; v0.3's reader does. */
  @ParameterizedTest
  @ValueSource(strings = {"gatun", "upstream-0.3"})
  void aLeadingZeroOfANumberIsPointedOut(String semantics) {
    Decoded decoded =
        decode(
            "listeners: [{name: a, port: 0144}]\nrouting: {}\nglobal: {router: {compatibility: "
                + semantics
                + "}}");
    String report = Documents.render(decoded.diagnostics());
    assertTrue(
        report.contains(
            "1:29 listeners[0].port — 0144 is read as 144; v0.3 reads it as octal, 100 —"
                + " write 144, without the zero"),
        report);
    assertTrue(decoded.config().isPresent(), report);
  }

  private static Decoded decode(String text) {
    return ConfigDecoder.decode(
        Documents.yaml(text),
        new DecodeOptions(false, name -> Optional.ofNullable(ENVIRONMENT.get(name))));
  }

  private static RouterConfig complete() throws IOException {
    Path home = Path.of(System.getProperty("gatun.home", ".."));
    Path file = home.resolve("router/src/test/baselines/config/complete.yaml");
    Decoded decoded = decode(Files.readString(file));
    assertEquals("", Documents.render(decoded.diagnostics()));
    return decoded.config().orElseThrow();
  }
}
