package dev.gatun.router.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Documents;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Untyped;
import dev.gatun.router.model.Compatibility;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MigrationTest {
  private static final String OLD =
      """
      version: v0.1
      default_model: large
      reasoning_families: {q: {type: chat_template_kwargs, parameter: enable_thinking}}
      default_reasoning_effort: high
      strategy: priority
      keyword_rules: [{name: code, operator: OR, keywords: [debug]}]
      categories: [{name: math, mmlu_categories: [math]}]
      provider_profiles:
        cloud: {type: openai, base_url: "https://api.example.com/v1", region: eu}
        spare: {type: openai}
      vllm_endpoints:
        - {name: near, address: 10.0.0.1, port: 8000, weight: 2, health_check_path: /health}
        - {name: six, address: "::1", port: 9000}
        - {name: far, provider_profile: cloud}
        - {name: idle, address: 10.0.0.9, port: 1}
      model_config:
        large:
          preferred_endpoints: [near, far, lost]
          reasoning_family: q
          description: Careful
          access_key: sk-1
          pricing: {prompt_per_1m: 1}
          use_reasoning: true
        small: {preferred_endpoints: [six], model_id: acme/small}
      decisions:
        - name: d
          rules: {operator: AND, conditions: [{type: keyword, name: code}]}
          model_refs: [{model: large}]
      response_api: {enabled: false}
      semantic_cache: {enabled: false}
      tools: {enabled: false}
      streamed_body_mode: true
      bert_model: {model_id: m/bert, threshold: 0.6, use_cpu: true}
      embedding_models: {hnsw_config: {top_k: 2}}
      classifier: {category_model: {model_id: m/domain}, odd: 1}
      hallucination_mitigation: {enabled: false, nli_model: {model_id: m/nli}}
      prompt_guard: {enabled: true, model_id: m/guard}
      external_models: [{provider: vllm, role: guardrail, endpoint: "h:80", model_name: g}]
      nobody_knows: {a: 1}
      """;

  /** They have no older form. */
  @Test
  void recipesAndEntryPointsStayAsTheyAre() {
    String recipes =
        """
        auto_model_names: [clever]
        entrypoints: [{model_names: [house/careful], recipe: careful}]
        recipes:
          - name: careful
            routing:
              decisions: [{name: d, rules: {}, modelRefs: [{model: large}]}]
        """;
    Migration migration = migrate(OLD + recipes, Compatibility.GATUN);

    Decoded decoded = ConfigDecoder.decode(migration.document(), DecodeOptions.lenient());
    assertEquals(
        List.of("default", "careful"),
        decoded.config().orElseThrow().profiles().stream().map(p -> p.name()).toList());
    assertEquals(
        List.of("MoM", "clever"), decoded.config().get().global().router().autoModelNames());
    assertEquals(migrate(OLD, Compatibility.GATUN).unplaced().size(), migration.unplaced().size());
  }

  @Test
  void aFlatFileBecomesOneThatLoads() {
    Migration migration = migrate(OLD, Compatibility.GATUN);

    Decoded decoded = ConfigDecoder.decode(migration.document(), DecodeOptions.lenient());
    assertTrue(decoded.config().isPresent(), Documents.render(decoded.diagnostics()));
    assertEquals("v0.3", at(migration, "version"));
    assertEquals("large", at(migration, "providers.defaults.default_model"));
    assertEquals("high", at(migration, "providers.defaults.default_reasoning_effort"));
    assertEquals("priority", at(migration, "global.router.strategy"));
    assertEquals(true, at(migration, "global.router.streamed_body.enabled"));
    assertEquals("code", at(migration, "routing.signals.keywords.0.name"));
    assertEquals("math", at(migration, "routing.signals.domains.0.name"));
    assertEquals("large", at(migration, "routing.decisions.0.modelRefs.0.model"));
    assertEquals(false, at(migration, "global.services.response_api.enabled"));
    assertEquals(false, at(migration, "global.stores.semantic_cache.enabled"));
    assertEquals(false, at(migration, "global.integrations.tools.enabled"));
  }

  @Test
  void modelsHaveCardsAndReachableBackends() {
    Migration migration = migrate(OLD, Compatibility.GATUN);

    assertEquals("10.0.0.1:8000", at(migration, "providers.models.0.backend_refs.0.endpoint"));
    assertEquals("sk-1", at(migration, "providers.models.0.backend_refs.0.api_key"));
    assertEquals("openai", at(migration, "providers.models.0.backend_refs.1.provider"));
    assertEquals(
        "https://api.example.com/v1", at(migration, "providers.models.0.backend_refs.1.base_url"));
    assertEquals("[::1]:9000", at(migration, "providers.models.1.backend_refs.0.endpoint"));
    assertEquals("acme/small", at(migration, "providers.models.1.provider_model_id"));
    assertEquals("Careful", at(migration, "routing.modelCards.0.description"));
    assertEquals("small", at(migration, "routing.modelCards.1.name"));
  }

  @Test
  void modelsOfTheRouterMoveToTheCatalog() {
    Migration migration = migrate(OLD, Compatibility.GATUN);
    String catalog = "global.model_catalog.";

    assertEquals("m/bert", at(migration, catalog + "embeddings.semantic.bert_model_path"));
    String config = catalog + "embeddings.semantic.embedding_config.";
    assertEquals(0.6, at(migration, config + "min_score_threshold"));
    assertEquals(2L, at(migration, config + "top_k"));
    String modules = catalog + "modules.";
    assertEquals("domain_classifier", at(migration, modules + "classifier.domain.model_ref"));
    assertEquals("prompt_guard", at(migration, modules + "prompt_guard.model_ref"));
    assertEquals(
        "hallucination_explainer",
        at(migration, modules + "hallucination_mitigation.explainer.model_ref"));
    assertEquals("vllm", at(migration, catalog + "external.0.llm_provider"));
    assertEquals("h", at(migration, catalog + "external.0.llm_endpoint.address"));
    assertEquals(80L, at(migration, catalog + "external.0.llm_endpoint.port"));
  }

  @Test
  void whatFindsNoPlaceIsNamedAtItsPlace() {
    Migration migration = migrate(OLD, Compatibility.GATUN);

    assertEquals(
        List.of(
            "provider_profiles.cloud.region",
            "provider_profiles.spare",
            "vllm_endpoints.near.health_check_path",
            "vllm_endpoints.idle",
            "preferred_endpoints",
            "model_config.large.use_reasoning",
            "classifier.odd",
            "nobody_knows"),
        migration.unplaced().stream().map(Unplaced::key).toList());
    Unplaced last = migration.unplaced().getLast();
    assertTrue(
        last.render().matches("config.yaml:\\d+:1 nobody_knows — left out: .+"), last::render);
  }

  /** The command of v0.3 leaves names inside lists alone, and of two embedding models keeps one. */
  @Test
  void upstreamLetsGoOfMore() {
    Migration migration = migrate(OLD, Compatibility.UPSTREAM_0_3);

    assertEquals("large", at(migration, "routing.decisions.0.model_refs.0.model"));
    assertEquals("vllm", at(migration, "global.model_catalog.external.0.provider"));
    assertFalse(
        Untyped.value(migration.document()).toString().contains("hnsw_config"),
        () -> String.valueOf(Untyped.value(migration.document())));
    assertTrue(
        migration.unplaced().stream().anyMatch(left -> left.key().equals("embedding_models")));
  }

  @Test
  void aNewFileStaysAsItIs() {
    String file =
        """
        version: v0.3
        listeners: [{name: a, port: 1}]
        providers:
          defaults: {default_model: m}
          models: [{name: m, backend_refs: [{name: b, endpoint: "h:1"}]}]
        routing:
          modelCards: [{name: m, param_size: 8B}]
          decisions: [{name: d, rules: {}, modelRefs: [{model: m}]}]
        global: {router: {strategy: confidence}}
        """;
    Migration migration = migrate(file, Compatibility.GATUN);

    assertEquals(Untyped.value(Documents.yaml(file)), Untyped.value(migration.document()));
    assertEquals(List.of(), migration.unplaced());
  }

  @Test
  void modelsThatSayEverythingThemselvesAreTakenApart() {
    Migration migration =
        migrate(
            """
            providers:
              default_model: m
              models:
                - name: m
                  param_size: 8B
                  access_key: k
                  access: {provider_model_id: acme/m}
                  endpoints: [{endpoint: "h:1"}, {name: second, endpoint: "h:2"}]
            global:
              modules: {prompt_guard: {model_id: g}}
              runtime: {auto_model_name: any}
              models: {system: {prompt_guard: p}}
            """,
            Compatibility.GATUN);

    assertEquals("m", at(migration, "providers.defaults.default_model"));
    assertEquals("acme/m", at(migration, "providers.models.0.provider_model_id"));
    assertEquals("primary", at(migration, "providers.models.0.backend_refs.0.name"));
    assertEquals("second", at(migration, "providers.models.0.backend_refs.1.name"));
    assertEquals("k", at(migration, "providers.models.0.backend_refs.1.api_key"));
    assertEquals("8B", at(migration, "routing.modelCards.0.param_size"));
    assertEquals("g", at(migration, "global.model_catalog.modules.prompt_guard.model_id"));
    assertEquals("any", at(migration, "global.router.auto_model_name"));
    assertEquals("p", at(migration, "global.model_catalog.system.prompt_guard"));
    assertEquals(List.of(), migration.unplaced());
  }

  @Test
  void targetsFindTheirBackendsAndTheirAccess() {
    Migration migration =
        migrate(
            """
            providers:
              model_targets: {m: {backends: [{backend: near, weight: 3}], provider_model_id: x}}
              backends: {near: {base_url: "https://h/v1", auth_profile: cloud}}
              auth_profiles: {cloud: {type: openai, api_key_env: KEY}}
            """,
            Compatibility.GATUN);
    String reference = "providers.models.0.backend_refs.0.";

    assertEquals("near", at(migration, reference + "name"));
    assertEquals("https://h/v1", at(migration, reference + "base_url"));
    assertEquals("openai", at(migration, reference + "provider"));
    assertEquals("KEY", at(migration, reference + "api_key_env"));
    assertEquals(3L, at(migration, reference + "weight"));
    assertEquals("m", at(migration, "routing.modelCards.0.name"));
  }

  @Test
  void aTargetNamesTheAccessOfAllItsBackends() {
    Migration migration =
        migrate(
            """
            providers:
              model_targets: {m: {backend_refs: [b1, nope, b2], auth_ref: ap}}
              backends: {b1: {endpoint: "h:1", weight: 2}, b2: {base_url: "https://x/v1"}}
              auth_profiles: {ap: {api_key_env: E}}
            """,
            Compatibility.GATUN);
    assertEquals(
        List.of(
            Map.of("name", "b1", "endpoint", "h:1", "weight", 2L, "api_key_env", "E"),
            Map.of("name", "b2", "base_url", "https://x/v1", "api_key_env", "E")),
        at(migration, "providers.models.0.backend_refs"));
    assertFalse(((Map<?, ?>) at(migration, "providers.models.0")).containsKey("auth_ref"));
    assertEquals(1, migration.unplaced().size(), migration.unplaced().toString());
  }

  @Test
  void settingsInTheWrongPlaceOfGlobalFindTheirs() {
    Migration migration =
        migrate(
            """
            global:
              runtime: {router: {auto_model_name: Z}, semantic_cache: {enabled: false}}
              models: {embeddings: {semantic: {mmbert_model_path: q}}}
              tools: {enabled: true}
              strategy: priority
            """,
            Compatibility.GATUN);
    assertEquals("Z", at(migration, "global.router.auto_model_name"));
    assertEquals("priority", at(migration, "global.router.strategy"));
    assertEquals(true, at(migration, "global.integrations.tools.enabled"));
    assertEquals(false, at(migration, "global.stores.semantic_cache.enabled"));
    assertEquals("q", at(migration, "global.model_catalog.embeddings.semantic.mmbert_model_path"));
    assertEquals(List.of(), migration.unplaced());
  }

  /** Upstream reads them in their order; a classic model that stands first is all it keeps. */
  @Test
  void aClassicModelBehindTheOthersTakesNothingAway() {
    String models = "embedding_models: {mmbert_model_path: x}\n";
    String classic = "bert_model: {model_id: b}\n";
    String path = "global.model_catalog.embeddings.semantic";
    for (Compatibility compatibility : Compatibility.values()) {
      assertEquals(
          Map.of("mmbert_model_path", "x", "bert_model_path", "b"),
          at(migrate(models + classic, compatibility), path));
    }
    assertEquals(
        Map.of("bert_model_path", "b"),
        at(migrate(classic + models, Compatibility.UPSTREAM_0_3), path));
  }

  @Test
  void rulesOfAnOlderListStandBehindThoseOfToday() {
    Migration migration =
        migrate(
            """
            keyword_rules: [{name: a, operator: OR}, {name: b, operator: OR}, {name: c}]
            signals: {keywords: [{name: b, operator: OR}, {name: c, operator: AND}]}
            """,
            Compatibility.GATUN);
    assertEquals(
        List.of("b", "c", "a"),
        ((List<?>) at(migration, "routing.signals.keywords"))
            .stream().map(rule -> ((Map<?, ?>) rule).get("name")).toList());
    assertEquals(
        List.of("keyword_rules[2]"), migration.unplaced().stream().map(Unplaced::key).toList());
    assertEquals(
        "routing.signals.keywords has another rule \"c\"; rename one to keep both",
        migration.unplaced().getFirst().reason());
  }

  /** Nothing is lost where both places say the same. */
  @Test
  void aSettingInTwoPlacesIsLeftOutOnlyWhereTheyDiffer() {
    String both =
        """
        bert_model: {use_cpu: true}
        embedding_models: {use_cpu: %s}
        strategy: priority
        global: {router: {strategy: %s}}
        """;
    assertEquals(
        List.of(), migrate(both.formatted("true", "priority"), Compatibility.GATUN).unplaced());
    List<Unplaced> left =
        migrate(both.formatted("false", "confidence"), Compatibility.GATUN).unplaced();
    assertEquals(List.of("bert_model", "strategy"), left.stream().map(Unplaced::key).toList());
    assertTrue(
        left.stream().allMatch(one -> one.reason().contains("has another value already")),
        left::toString);
  }

  @Test
  void aModuleThatIsNoMappingIsNamedWhereItStands() {
    Unplaced left =
        migrate("global: {models: {prompt_guard: x}}", Compatibility.GATUN).unplaced().getFirst();
    assertEquals("global.models.prompt_guard", left.key());
    assertTrue(left.reason().contains("global.model_catalog.modules.prompt_guard"), left::reason);
  }

  /** Upstream calls every one of them the same. */
  @Test
  void addressesWithoutANameGetOneEach() {
    String file =
        "providers: {models: [{name: m, endpoints: [{endpoint: 'h:1'}, {endpoint: 'h:2', name:"
            + " primary-2}, {endpoint: 'h:3'}, {endpoint: 'h:4'}]}]}";
    assertEquals(
        List.of("primary", "primary-2", "primary-3", "primary-4"),
        namesOfBackends(migrate(file, Compatibility.GATUN)));
    assertEquals(
        List.of("primary", "primary-2", "primary", "primary"),
        namesOfBackends(migrate(file, Compatibility.UPSTREAM_0_3)));
  }

  private static List<?> namesOfBackends(Migration migration) {
    return ((List<?>) at(migration, "providers.models.0.backend_refs"))
        .stream().map(reference -> ((Map<?, ?>) reference).get("name")).toList();
  }

  private static Migration migrate(String text, Compatibility compatibility) {
    Node document = Documents.yaml(text);
    return Migration.of((Mapping) document, compatibility);
  }

  /** The value under a dotted path; parts that are numbers are indexes. */
  private static Object at(Migration migration, String path) {
    Object value = Untyped.value(migration.document());
    for (String part : path.split("\\.", -1)) {
      value =
          switch (value) {
            case Map<?, ?> map when map.containsKey(part) -> map.get(part);
            case List<?> list -> list.get(Integer.parseInt(part));
            default ->
                throw new AssertionError(path + " at " + part + " in " + migration.document());
          };
    }
    return value;
  }
}
