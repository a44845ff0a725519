package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file must not say where it serves real users. */
class ProductionCheckTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("KEY", "sk-1", "MODEL", "acme/small:latest");

  /** A file without findings. */
  private static final String GOOD =
      """
      version: v0.3
      listeners: [{name: edge, address: 0.0.0.0, port: 8899, api_keys: ['${KEY}']}]
      providers:
        defaults: {default_model: m}
        models:
          - name: m
            provider_model_id: acme/small@sha256:0123
            backend_refs: [{base_url: 'https://h/v1', api_key: '${KEY}'}]
      routing:
        modelCards: [{name: m, description: the latest}]
        signals:
          keywords: [{name: news, operator: OR, keywords: [latest, 'see:latest']}]
          jailbreak: [{name: j}]
        decisions:
          - name: d
            rules:
              operator: OR
              conditions: [{type: keyword, name: news}, {type: jailbreak, name: j}]
            modelRefs: [{model: m}]
      """;

  private static Decoded decode(String text) {
    return ConfigDecoder.decode(
        Documents.yaml(text),
        new DecodeOptions(
            true,
            Optional.empty(),
            name -> Optional.ofNullable(ENVIRONMENT.get(name)),
            Attachments.none(),
            ModelNames.none(),
            true));
  }

  private static List<Diagnostic> found(String text) {
    return decode(text).diagnostics().stream()
        .filter(d -> d.severity() != Severity.UNSUPPORTED)
        .toList();
  }

  private static void assertFound(String text, Severity severity, String key, String message) {
    List<Diagnostic> all = found(text);
    assertTrue(
        all.stream()
            .anyMatch(d ->
                d.severity() == severity
                    && d.key().equals(key)
                    && d.message().contains(message)
                    && d.position().line() > 1
                    && !d.hint().isBlank()),
        Documents.render(all));
  }

  @Test
  void nothingIsFoundWhereNothingIs() {
    assertEquals("", Documents.render(found(GOOD)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "latest",
        "Latest",
        "acme/small:latest",
        "small@latest",
        "small-latest",
        "${MODEL}"
      })
  void aModelThatMovesIsRefused(String id) {
    String text = GOOD.replace("acme/small@sha256:0123", "'" + id + "'");
    assertFound(
        text, Severity.ERROR, "providers.models[0].provider_model_id", "whatever is newest");
    assertTrue(decode(text).config().isEmpty());
    assertFalse(Documents.render(found(text)).contains("sk-1"));
  }

  @Test
  void aModelThatIsAskedForByItsNameHereMovesToo() {
    String moving =
        GOOD.replace("      provider_model_id: acme/small@sha256:0123\n", "")
            .replace("default_model: m", "default_model: 'm:latest'")
            .replace("- name: m\n", "- name: 'm:latest'\n")
            .replace("{name: m, d", "{name: 'm:latest', d")
            .replace("{model: m}", "{model: 'm:latest'}");
    assertFound(moving, Severity.ERROR, "providers.models[0].name", "whatever is newest");
    String named =
        GOOD.replace(": m\n", ": 'm:latest'\n").replace("{name: m, d", "{name: 'm:latest', d");
    assertFalse(
        Documents.render(found(named)).contains("newest"), "its provider knows it by another name");
  }

  @ParameterizedTest
  @CsvSource({
    "'external: [{llm_model_name: \"g:latest\"}]', external[0].llm_model_name",
    "'system: {prompt_guard: \"models/guard:latest\"}', system.prompt_guard",
    "'modules: {prompt_guard: {model_id: \"guard@latest\"}}', modules.prompt_guard.model_id",
    "'modules: {classifier: {mcp: {args: [run, \"mcp:latest\"]}}}', modules.classifier.mcp.args[1]",
    "'embeddings: {semantic: {bert_model_path: \"q:latest\"}}', embeddings.semantic.bert_model_path"
  })
  void everyNameOfAVersionIsLookedAt(String catalog, String key) {
    String text = GOOD + "global: {model_catalog: {" + catalog + "}}\n";
    assertFound(text, Severity.ERROR, "global.model_catalog." + key, "whatever is newest");
  }

  @Test
  void theEncoderOfAnotherProcessIsLookedAt() {
    String text =
        GOOD
            + "global: {model_catalog: {embeddings: {semantic: {embedding_config: {backend: remote,"
            + " remote: {base_url: 'http://far/v1', model: 'e:latest', api_key_env: KEY}}}}}}\n";
    String key = "global.model_catalog.embeddings.semantic.embedding_config.remote.";
    assertFound(text, Severity.ERROR, key + "model", "whatever is newest");
    assertFound(text, Severity.WARNING, key + "base_url", "go to \"far\" unencrypted");
  }

  @Test
  void certificatesAreChecked() {
    String memory =
        GOOD
            + "global: {stores: {memory: {valkey: {tls_enabled: true,"
            + " tls_insecure_skip_verify: yes}}}}\n";
    assertFound(
        memory,
        Severity.ERROR,
        "global.stores.memory.valkey.tls_insecure_skip_verify",
        "certificates are not checked");
    String replay =
        GOOD + "global: {services: {router_replay: {redis: {tls_skip_verify: true}}}}\n";
    assertFound(
        replay,
        Severity.ERROR,
        "global.services.router_replay.redis.tls_skip_verify",
        "certificates are not checked");
    String off = memory.replace("skip_verify: yes", "skip_verify: no");
    assertEquals("", Documents.render(found(off)));
  }

  @Test
  void whatEmptiesAStoreAtStartIsRefused() {
    String text =
        GOOD
            + "global: {stores: {semantic_cache: {redis: {development:"
            + " {drop_index_on_startup: true}}}}}\n";
    assertFound(
        text,
        Severity.ERROR,
        "global.stores.semantic_cache.redis.development.drop_index_on_startup",
        "thrown away");
  }

  @Test
  void secretsInTheFileAreNamedAndNotShown() {
    String text =
        GOOD.replace("api_key: '${KEY}'", "api_key: sk-2, extra_headers: {Authorization: sk-3}")
            .replace("api_keys: ['${KEY}']", "api_keys: [sk-4]");
    String backend = "providers.models[0].backend_refs[0].";
    assertFound(text, Severity.WARNING, backend + "api_key", "a secret is written");
    assertFound(
        text, Severity.WARNING, backend + "extra_headers.Authorization", "a secret is written");
    assertFound(text, Severity.WARNING, "listeners[0].api_keys[0]", "a secret is written");
    String said = Documents.render(found(text));
    assertFalse(said.contains("sk-"), said);
  }

  @ParameterizedTest
  @CsvSource({
    "'router: {signals: {on_failure: open}}', router.signals.on_failure, its rules find nothing",
    "'router: {signals: {families: {jailbreak: {on_failure: open}}}}',"
        + " router.signals.families.jailbreak.on_failure, its rules find nothing",
    "'router: {degraded_start: true}', router.degraded_start, starts all the same",
    "'router: {skip_processing: {enabled: true}}', router.skip_processing.enabled, switch off",
    "'services: {authz: {fail_open: true}}', services.authz.fail_open, pass unchecked"
  })
  void whatFailsOpenIsNamed(String global, String key, String message) {
    String text = GOOD + "global: {" + global + "}\n";
    assertFound(text, Severity.WARNING, "global." + key, message);
    assertTrue(decode(text).config().isPresent(), "a warning refuses nothing");
  }

  @Test
  void aRuleThatFailsOpenIsNamed() {
    String text = GOOD.replace("{name: j}", "{name: j, on_error: no_match}");
    assertFound(text, Severity.WARNING, "routing.signals.jailbreak[0].on_error", "everything pass");
  }

  @Test
  void listenersForAnybodyAreNamed() {
    String open = GOOD.replace(", api_keys: ['${KEY}']", ", trust_identity_headers: true");
    assertFound(open, Severity.WARNING, "listeners[0].address", "can use all models");
    assertFound(
        open, Severity.WARNING, "listeners[0].trust_identity_headers", "claim to be anybody");
    String local = open.replace("0.0.0.0", "127.0.0.1");
    assertEquals("", Documents.render(found(local)));
    String without = GOOD.replaceFirst("listeners: .*\n", "");
    assertTrue(
        Documents.render(found(without)).contains("listeners — without listeners anybody"),
        Documents.render(found(without)));
  }

  @Test
  void keysThatTravelUnencryptedAreNamed() {
    String plain = GOOD.replace("https://h/v1", "http://h/v1");
    assertFound(
        plain,
        Severity.WARNING,
        "providers.models[0].backend_refs[0].base_url",
        "their key go to \"h\" unencrypted");
    assertEquals("", Documents.render(found(plain.replace("http://h/v1", "http://127.0.0.1/v1"))));
    String external =
        GOOD
            + "global: {model_catalog: {external: [{model_role: scoring, llm_model_name: s,"
            + " access_key: '${KEY}', llm_endpoint: {address: far}}]}}\n";
    assertFound(
        external,
        Severity.WARNING,
        "global.model_catalog.external[0].llm_endpoint.address",
        "go to \"far\" unencrypted");
  }

  @Test
  void withoutTheSwitchNothingOfThisIsSaid() {
    String text = GOOD.replace("acme/small@sha256:0123", "latest");
    Decoded decoded =
        ConfigDecoder.decode(
            Documents.yaml(text),
            new DecodeOptions(false, name -> Optional.ofNullable(ENVIRONMENT.get(name))));
    assertEquals("", Documents.render(decoded.diagnostics()));
  }
}
