package dev.gatun.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Effective;
import dev.gatun.router.config.GlobalSettings;
import dev.gatun.router.config.Node;
import dev.gatun.router.model.Compatibility;
import dev.gatun.server.wire.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EffectiveTest {
  private static final String FILE =
      """
      providers:
        models:
          - name: small
            provider_model_id: acme/small
            backend_refs:
              - {endpoint: "https://h:8443/v1", protocol: HTTPS, api_key: sk-1}
              - {base_url: "https://b/v1", provider: openai, weight: 3}
          - {name: large, provider_model_id: acme/large}
      routing:
        modelCards: [{name: small}, {name: large}]
        decisions:
          - name: no
            rules: {operator: OR, conditions: [{type: domain, name: math}]}
            modelRefs: [{model: small}]
            plugins: [{type: image_gen, configuration: {backend_config: {api_key: sk-2, n: 07}}}]
            nobody: knows
      global:
        router: {strategy: confidence}
        services: {router_replay: {redis: {password: 1234567, db: 1234567}}}
        model_catalog:
          system: {prompt_guard: models/mine}
          embeddings: {semantic: {embedding_config: {top_k: 0}}}
      """;

  private static final String LENGTH =
      "global: {model_catalog: {embeddings: {semantic: {embedding_config:"
          + " {target_dimension: 768}}}}}";

  @Test
  void defaultsStandBesideWhatIsWritten() {
    JsonNode tree = effective(FILE, Compatibility.UPSTREAM_0_3, false);

    assertEquals("v0.3", tree.at("/version").asText());
    assertEquals("confidence", tree.at("/global/router/strategy").asText());
    assertEquals("MoM", tree.at("/global/router/auto_model_name").asText());
    assertEquals("postgres", tree.at("/global/services/router_replay/store_backend").asText());
    String embedding = "/global/model_catalog/embeddings/semantic/embedding_config";
    assertEquals(0, tree.at(embedding + "/top_k").asInt(-1));
    assertEquals(768, tree.at(embedding + "/target_dimension").asInt());
    assertEquals("privacy_kb", tree.at("/global/model_catalog/kbs/0/name").asText());
    assertFalse(tree.at("/routing/decisions/0").has("nobody"), tree.toPrettyString());
  }

  @Test
  void modelsAreTakenApartAndInOrder() {
    JsonNode models = effective(FILE, Compatibility.UPSTREAM_0_3, false).at("/providers/models");

    assertEquals("large", models.at("/0/name").asText());
    assertEquals("acme/large", models.at("/0/external_model_ids/default").asText());
    assertEquals("small_primary", models.at("/1/backend_refs/0/name").asText());
    assertEquals("h:8443", models.at("/1/backend_refs/0/endpoint").asText());
    assertEquals("https", models.at("/1/backend_refs/0/protocol").asText());
    assertEquals(1, models.at("/1/backend_refs/0/weight").asInt());
    assertEquals("small_backend-2", models.at("/1/backend_refs/1/name").asText());
    assertEquals(3, models.at("/1/backend_refs/1/weight").asInt());
    assertEquals("acme/small", models.at("/1/external_model_ids/openai").asText());
  }

  /** Where this build is not upstream, the document is a file as good as the one it was made of. */
  @Test
  void whatIsShownCanBeReadBack() {
    String file =
        """
        providers:
          models:
            - name: small
              provider_model_id: acme/small
              backend_refs:
                - {endpoint: "https://h:8443/v1"}
                - {endpoint: "[::1]:9000", name: six, weight: 3}
                - {base_url: "https://b/v1", provider: openai}
            - {name: large, backend_refs: [{endpoint: h}]}
        routing:
          modelCards: [{name: small}, {name: large}]
          decisions:
            - {name: d, rules: {type: domain, name: law}, modelRefs: [{model: small}]}
        global: {model_catalog: {embeddings: {semantic: {embedding_config: {model_type: bert}}}}}
        """;
    JsonNode shown = effective(file, Compatibility.GATUN, false);

    JsonNode models = shown.at("/providers/models");
    assertEquals("small", models.at("/0/name").asText());
    assertEquals("primary", models.at("/0/backend_refs/0/name").asText());
    assertEquals("h:8443/v1", models.at("/0/backend_refs/0/endpoint").asText());
    assertEquals("[::1]:9000", models.at("/0/backend_refs/1/endpoint").asText());
    Decoded again = decoded(read(shown.toString()), Compatibility.GATUN);
    Decoded first = decoded(read(file), Compatibility.GATUN);
    assertEquals(
        first.config().orElseThrow().providers(), again.config().orElseThrow().providers());
    assertEquals(first.config().get().cards(), again.config().get().cards());
    assertEquals(
        first.config().get().global().comparison().dimension(),
        again.config().get().global().comparison().dimension());
    assertEquals(shown, effective(shown.toString(), Compatibility.GATUN, false));
  }

  @Test
  void referencesAndImpliedDomainsAreResolved() {
    JsonNode tree = effective(FILE, Compatibility.UPSTREAM_0_3, false);

    String modules = "/global/model_catalog/modules/";
    assertEquals("models/mine", tree.at(modules + "prompt_guard/model_id").asText());
    assertTrue(tree.at(modules + "classifier/domain/model_id").asText().contains("intent"));
    assertEquals("math", tree.at("/routing/signals/domains/0/name").asText());
    assertEquals("other", tree.at("/routing/signals/domains/0/mmlu_categories/0").asText());
  }

  /** Upstream sends the section through floating point; here a text stays as it is written. */
  @Test
  void longNumbersThatAreTexts() {
    String redis = "/global/services/router_replay/redis/";

    JsonNode upstream = effective(FILE, Compatibility.UPSTREAM_0_3, false);
    assertEquals("1.234567e+06", upstream.at(redis + "password").asText());
    assertEquals(1234567, upstream.at(redis + "db").asInt());
    JsonNode ours = effective(FILE, Compatibility.GATUN, false);
    assertEquals("1234567", ours.at(redis + "password").asText());
  }

  private static final String RECIPES =
      """
      recipes:
        - name: law
          description: Contracts
          routing:
            decisions:
              - name: contract
                rules: {operator: OR, conditions: [{type: domain, name: law}]}
                modelRefs: [{model: large}]
                plugins: [{type: image_gen, configuration: {backend_config: {api_key: sk-3}}}]
      entrypoints: [{model_names: [house/law], recipe: law}]
      """;

  @Test
  void recipesAndEntryPointsAreCarriedAlong() {
    JsonNode tree = effective(FILE + RECIPES, Compatibility.GATUN, true);

    assertEquals("house/law", tree.at("/entrypoints/0/model_names/0").asText());
    assertEquals("law", tree.at("/entrypoints/0/recipe").asText());
    assertEquals("Contracts", tree.at("/recipes/0/description").asText());
    JsonNode routing = tree.at("/recipes/0/routing");
    assertEquals("law", routing.at("/signals/domains/0/name").asText());
    assertEquals(1, routing.at("/signals/domains").size());
    assertEquals("contract", routing.at("/decisions/0/name").asText());
    assertFalse(tree.toString().contains("sk-3"), routing.toPrettyString());
    assertEquals("math", tree.at("/routing/signals/domains/0/name").asText());
    assertEquals(1, tree.at("/routing/signals/domains").size());
  }

  @Test
  void whatDoesNotRunHasNoDefault() {
    JsonNode tree = effective(FILE, Compatibility.GATUN, false);

    assertTrue(tree.at("/global/services/observability").isMissingNode());
    assertTrue(tree.at("/global/services/router_replay/store_backend").isMissingNode());
    assertEquals(1, tree.at("/global/model_catalog/system").size(), "what is written");
    JsonNode semantic = tree.at("/global/model_catalog/embeddings/semantic");
    assertTrue(semantic.path("mmbert_model_path").isMissingNode());
    assertTrue(semantic.at("/embedding_config/model_type").isMissingNode());
    assertEquals(0.5, semantic.at("/embedding_config/min_score_threshold").asDouble());
    assertEquals(0.7, tree.at("/global/model_catalog/modules/prompt_guard/threshold").asDouble());
  }

  @Test
  void secretsAreHiddenWhereverTheyStand() {
    String text = effective(FILE, Compatibility.GATUN, true).toString();

    assertFalse(text.contains("sk-1") || text.contains("sk-2") || text.contains("1234567\""), text);
    assertTrue(text.contains("\"api_key\":\"***\""), text);
  }

  /**
   * The document of defaults says what the code does without it; that vectors are as long as the
   * model makes them, it says in a number. Models that it names are upstream's: the embedded ones
   * run where those are not here.
   */
  @Test
  void defaultsAreThoseInForce() {
    Node.Mapping defaults =
        new Node.Mapping(
            ConfigFile.defaults().position(),
            List.of(
                new Node.Entry(ConfigFile.defaults().position(), "global", ConfigFile.defaults())));

    GlobalSettings written = decoded(defaults, Compatibility.UPSTREAM_0_3).config().get().global();
    GlobalSettings silent =
        decoded(read(LENGTH), Compatibility.UPSTREAM_0_3).config().get().global();
    assertEquals(silent, withoutNames(written));
  }

  private static GlobalSettings withoutNames(GlobalSettings all) {
    return new GlobalSettings(
        all.router(),
        all.managementApi(),
        all.nativeSettings(),
        all.domain(),
        all.detectors(),
        all.comparison(),
        all.compression(),
        all.authz(),
        all.remoteEmbeddings(),
        all.externals(),
        List.of(),
        List.of(),
        all.domainTool());
  }

  private static JsonNode effective(String text, Compatibility compatibility, boolean hide) {
    Node root =
        switch (compatibility) {
          case GATUN ->
              read(text.replace("acme/large}", "acme/large, backend_refs: [{endpoint: b}]}"));
          // A model that nobody serves loads only there.
          case UPSTREAM_0_3 -> read(text);
        };
    Decoded decoded = decoded(root, compatibility);
    return Json.tree(
        Effective.of(
            root,
            options(compatibility),
            ConfigFile.defaults(),
            decoded
                .config()
                .orElseThrow(() -> new AssertionError(decoded.diagnostics().toString())),
            hide));
  }

  private static Decoded decoded(Node root, Compatibility compatibility) {
    return ConfigDecoder.decode(root, options(compatibility));
  }

  private static DecodeOptions options(Compatibility compatibility) {
    return new DecodeOptions(false, Optional.of(compatibility), _ -> Optional.empty());
  }

  private static Node read(String text) {
    return YamlReader.read("test.yaml", text).root().orElseThrow();
  }
}
