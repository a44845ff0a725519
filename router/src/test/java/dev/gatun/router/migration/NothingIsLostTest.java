package dev.gatun.router.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Documents;
import dev.gatun.router.config.Node;
import dev.gatun.router.config.Node.Entry;
import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.config.Position;
import dev.gatun.router.config.Untyped;
import dev.gatun.router.model.Compatibility;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A migration never drops a setting: what it cannot place is listed (spec operations §2.2). */
class NothingIsLostTest {
  /** Every legacy layout at once, with names that fit together in some copies and not in others. */
  private static final String EVERYTHING =
      """
      version: v0.2
      default_model: m1
      default_reasoning_effort: V
      reasoning_families: {q: {type: V, parameter: V}}
      strategy: V
      auto_model_name: V
      clear_route_cache: V
      model_selection: {elo: {k_factor: V}, method: V}
      streamed_body_mode: V
      max_streamed_body_bytes: V
      streamed_body_timeout_sec: V
      streamed_body: {enabled: V, max_bytes: V}
      config_source: V
      keyword_rules: [{name: V, keywords: [V, V]}]
      categories: [{name: V, mmlu_categories: [V]}]
      signals: {keywords: [{name: V}], category_rules: V, context_rules: [{name: V}]}
      context_rules: [{name: V, min_tokens: V}]
      projections: {scores: [{name: V}]}
      decisions: [{name: V, model_refs: [{model: m1}], modelRefs: [{model: V}]}]
      vllm_endpoints:
        - {name: e1, address: V, port: V, weight: V, provider_profile: p1, odd: V}
        - {name: e2, address: V, endpoint: V, api_key: V, provider_profile: nosuch}
        - {name: e3, base_url: V, provider_profile: p1}
        - {address: V, port: V}
        - V
      provider_profiles:
        p1: {type: V, base_url: V, api_key: V, region: V, name: V}
        p2: {type: V, api_key: V}
        p3: V
      model_config:
        m1: {preferred_endpoints: [e1, e2, gone], access_key: V, description: V, odd: V}
        m2: {preferred_endpoints: e3, model_id: V, provider_model_id: V, param_size: V}
        m3: {access_key: V, model_id: V}
        m4: V
        b: {access_key: V, pricing: {prompt_per_1m: V}}
      backend_models: {model_config: {m5: {model_id: V}}, odd: V}
      bert_model: {model_id: V, threshold: V, use_cpu: V, odd: V}
      embedding_models: {qwen3_model_path: V, hnsw_config: {top_k: V}, use_cpu: V}
      system_models: {prompt_guard: V, odd: V}
      system: {prompt_guard: V}
      external_models: [{provider: V, role: V, endpoint: "host:80", model_name: V}]
      external: [{llm_provider: V}]
      prompt_guard: {threshold: V, model_id: V}
      classifier: {category_model: {model_id: V}, domain: {threshold: V}, odd: V}
      hallucination_mitigation: {nli_model: {model_id: V}, explainer: {threshold: V}}
      feedback_detector: V
      tools: {enabled: V, top_k: V}
      semantic_cache: {enabled: V}
      api: V
      nobody_knows: {a: V, b: [V, {c: V}]}
      setup: {mode: V}
      listeners: [{name: V, port: V}]
      providers:
        default_model: V
        defaults: {default_model: V, default_reasoning_effort: V}
        external_models: [{llm_provider: V}]
        odd: V
        models:
          - {name: a, access_key: V, backend_refs: [{endpoint: V}, {endpoint: V, api_key: V}]}
          - {name: b, endpoints: [{endpoint: V, name: V}], backend_refs: [{endpoint: V}]}
          - {name: c, provider_model_id: V, access_key: V, access: {provider_model_id: V}}
          - {name: d, access_key: V, endpoints: [{endpoint: V}, V], description: V, tags: [V]}
          - {access_key: V, param_size: V}
          - {name: a, quality_score: V}
          - V
        model_targets:
          t1: {backends: [b1, {backend: b2, weight: V}, gone], auth_profile: a1, odd: V}
          t2: {backend: {name: V, backend: b1}, name: V}
          t3: V
        backends:
          - {name: b1, endpoint: V, auth_profile: nosuch, api_key: V}
          - {name: b2, endpoint: V, auth_profile: a1}
          - {name: b3, endpoint: V, api_key: V}
          - V
        auth_profiles:
          - {name: a1, type: V, api_key: V, api_key_env: V}
          - {name: a2, type: V, api_key: V}
      routing:
        models: [{name: a, description: V}]
        modelCards: [{name: a, description: V}, {name: a, tags: [V]}, {odd: V}, V]
        signals: {domains: [{name: V}]}
        decisions: [{name: V, modelSelectionAlgorithm: {type: V}}]
        odd: V
      global:
        odd: V
        router: {strategy: V}
        integrations: {tools: {enabled: V}}
        modules: {prompt_guard: {threshold: V, odd: V}, classifier: {pii_model: {model_id: V}}}
        runtime: {auto_model_name: V, odd: V}
        models: {system: {pii_classifier: V}, external: [{llm_provider: V}], odd: V}
        model_catalog:
          system: {prompt_guard: V}
          external: [{model_role: V}]
          modules: {prompt_guard: {threshold: V}, classifier: {domain: {model_id: V}}}
          embeddings: {semantic: {bert_model_path: V}, bert: {model_id: V}}
      """;

  @ParameterizedTest
  @EnumSource(Compatibility.class)
  void everyValueIsInTheNewFileOrOnTheList(Compatibility compatibility) {
    Mapping all = (Mapping) Documents.yaml(EVERYTHING);
    for (int seed = 0; seed < 600; seed++) {
      Mapping old = (Mapping) some(all, new Random(seed), new int[1]);
      Migration migration = Migration.of(old, compatibility);
      Set<Position> listed =
          migration.unplaced().stream().map(Unplaced::position).collect(Collectors.toSet());
      Set<String> written = new HashSet<>();
      texts(migration.document(), written);
      List<String> lost = new ArrayList<>();
      old.entries().forEach(entry -> missing(entry, listed, written, lost));
      assertEquals(List.of(), lost, "seed " + seed);
    }
  }

  @Test
  void aNameOfNothingIsListedAndOneThatWasFollowedIsNot() {
    String text =
        """
        model_config: {m: {preferred_endpoints: [e, gone]}}
        vllm_endpoints: [{name: e, endpoint: "h:1", provider_profile: p}]
        provider_profiles: [{name: p, type: openai}]
        providers:
          model_targets: {t: {backends: [b, lost]}}
          backends: [{name: b, endpoint: "h:2", auth_profile: nosuch}]
        """;
    Migration migration = Migration.of((Mapping) Documents.yaml(text), Compatibility.GATUN);

    assertEquals(
        List.of(
            "preferred_endpoints", "providers.model_targets", "providers.backends.auth_profile"),
        migration.unplaced().stream().map(Unplaced::key).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model_config: {x: {access_key: sk-lost, model_id: y}}",
        "providers: {models: [{name: c, provider_model_id: x, access_key: sk-lost}]}",
        "providers: {models: [{name: c, backend_refs: [{api_key_env: K}], access_key: sk-lost}]}",
        "provider_profiles: {p: {api_key: sk-lost}}",
        """
        providers:
          model_targets: {m: {backends: [b]}}
          backends: {b: {endpoint: "h:1"}}
          auth_profiles: {unused: {api_key: sk-lost}}
        """
      })
  void aKeyWithoutABackendIsListedByItsNameOnly(String text) {
    Migration migration = Migration.of((Mapping) Documents.yaml(text), Compatibility.GATUN);

    assertEquals(1, migration.unplaced().size(), migration::toString);
    assertFalse(migration.unplaced().getFirst().render().contains("sk-lost"));
  }

  @Test
  void theKeyOfAModelGoesToItsBackendsThatHaveNone() {
    String text =
        """
        providers:
          models:
            - name: a
              access_key: K1
              backend_refs: [{endpoint: "h:1"}, {endpoint: "h:2", api_key: K2}]
        """;
    Migration migration = Migration.of((Mapping) Documents.yaml(text), Compatibility.GATUN);

    assertEquals(List.of(), migration.unplaced());
    String written = String.valueOf(Untyped.value(migration.document()));
    assertTrue(written.contains("{endpoint=h:1, api_key=K1}"), written);
    assertTrue(written.contains("{endpoint=h:2, api_key=K2}"), written);
  }

  /** The order of a new file is that of the old one or of the layout, not of a hash. */
  @Test
  void theOrderOfWhatIsBegunIsFixed() {
    String text =
        """
        streamed_body_timeout_sec: 3
        max_streamed_body_bytes: 2
        streamed_body_mode: true
        external: []
        system_models: {prompt_guard: g}
        classifier:
          preference_model: {a: 1}
          mcp_category_model: {a: 1}
          pii_model: {a: 1}
          category_model: {a: 1}
        hallucination_mitigation: {nli_model: {a: 1}, hallucination_model: {a: 1},
          fact_check_model: {a: 1}}
        external_models: [{timeout_seconds: 1, model_name: m, role: r, provider: p}]
        """;
    Mapping document = Migration.of((Mapping) Documents.yaml(text), Compatibility.GATUN).document();

    assertEquals(
        List.of("enabled", "max_bytes", "timeout_sec"),
        keys(document, "global", "router", "streamed_body"));
    assertEquals(
        List.of("system", "external", "modules"), keys(document, "global", "model_catalog"));
    assertEquals(
        List.of("domain", "pii", "mcp", "preference"),
        keys(document, "global", "model_catalog", "modules", "classifier"));
    assertEquals(
        List.of("fact_check", "detector", "explainer"),
        keys(document, "global", "model_catalog", "modules", "hallucination_mitigation"));
  }

  private static List<String> keys(Mapping document, String... path) {
    Mapping mapping = document;
    for (String key : path) {
      mapping = (Mapping) mapping.value(key).orElseThrow();
    }
    return mapping.entries().stream().map(Entry::key).toList();
  }

  /** A random part of a document, shuffled; each V becomes a text of its own. */
  private static Node some(Node node, Random random, int[] count) {
    return switch (node) {
      case Mapping mapping -> {
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : mapping.entries()) {
          if (random.nextInt(4) != 0) {
            Node value = some(entry.value(), random, count);
            entries.add(new Entry(entry.position(), entry.key(), value));
          }
        }
        Collections.shuffle(entries, random);
        yield new Mapping(mapping.position(), entries);
      }
      case Sequence sequence ->
          new Sequence(
              sequence.position(),
              sequence.items().stream()
                  .filter(_ -> random.nextInt(4) != 0)
                  .map(item -> some(item, random, count))
                  .toList());
      case Scalar scalar ->
          scalar.text().equals("V")
              ? Scalar.plain(scalar.position(), "value" + count[0]++ + ".")
              : scalar;
    };
  }

  private static void missing(
      Entry entry, Set<Position> listed, Set<String> written, List<String> lost) {
    if (!listed.contains(entry.position())) {
      missing(entry.value(), listed, written, lost);
    }
  }

  private static void missing(
      Node node, Set<Position> listed, Set<String> written, List<String> lost) {
    switch (node) {
      case Mapping mapping -> {
        if (!listed.contains(mapping.position())) {
          mapping.entries().forEach(entry -> missing(entry, listed, written, lost));
        }
      }
      case Sequence sequence ->
          sequence.items().forEach(item -> missing(item, listed, written, lost));
      case Scalar scalar -> {
        boolean isThere =
            written.stream().anyMatch(text -> text.contains(scalar.text()))
                || listed.contains(scalar.position());
        if (!isThere && scalar.text().startsWith("value")) {
          lost.add(scalar.position() + ": " + scalar.text());
        }
      }
    }
  }

  private static void texts(Node node, Set<String> texts) {
    switch (node) {
      case Mapping mapping -> mapping.entries().forEach(entry -> texts(entry.value(), texts));
      case Sequence sequence -> sequence.items().forEach(item -> texts(item, texts));
      case Scalar scalar -> Stream.of(scalar.text()).forEach(texts::add);
    }
  }
}
