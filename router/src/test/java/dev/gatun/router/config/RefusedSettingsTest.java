package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.model.Compatibility;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of algorithms, plugins and services that make no sense, though they do not run yet. */
class RefusedSettingsTest {
  private static final String FILE =
      """
      version: v0.3
      providers:
        models: [{name: small, backend_refs: [{endpoint: "127.0.0.1:1"}]}]
      routing:
        modelCards: [{name: small}]
        decisions:
          - name: tickets
            rules: {}
            modelRefs: [{model: small}]
            %s
      global: {%s}
      """;

  /** What v0.3 refuses too, in whichever semantics. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          algorithm: {type: latency_aware}                                       | latency_aware
          algorithm: {type: latency_aware, latency_aware: {}}                    | latency_aware
          algorithm: {type: latency_aware, latency_aware: {tpot_percentile: 101}} | tpot_percentile
          algorithm: {type: session_aware, session_aware: {stay_bias: -0.1}}     | stay_bias
          algorithm: {type: session_aware, session_aware: {max_cache_cost_multiplier: 0.5}} | \
          max_cache_cost_multiplier
          algorithm: {type: session_aware, session_aware: {remaining_turn_prior_horizon: 0}} | \
          remaining_turn_prior_horizon
          algorithm: {type: elo, elo: {k_factor: many}}                          | k_factor
          candidateIterations: [{variable: "", source: decision.candidates}]     | variable
          candidateIterations: [{variable: m, source: moon}]                     | source
          candidateIterations: [{variable: m, source: models, models: []}]       | models
          candidateIterations: [{variable: m, source: models, models: [{}]}]     | model
          candidateIterations: [{variable: m, source: decision.candidates, outputs: [{type: \
          tool, value: m}]}] | type
          candidateIterations: [{variable: m, source: decision.candidates, outputs: [{type: \
          model, value: n}]}] | value
          plugins: [{type: tools, configuration: {enabled: true, mode: magic}}]  | mode
          plugins: [{type: tools, configuration: {enabled: true, mode: filtered}}] | mode
          plugins: [{type: tools, configuration: {enabled: true, mode: none, block_tools: [a]}}] \
          | block_tools
          plugins: [{type: tools, configuration: {enabled: true, dynamic_retrieval: {strategy: \
          x}}}] | strategy
          plugins: [{type: tool_selection, configuration: {enabled: true, mode: steal}}] | mode
          plugins: [{type: tool_selection, configuration: {enabled: true, top_k: -1}}] | top_k
          plugins: [{type: tool_selection, configuration: {enabled: true, advanced_filtering: \
          {enabled: true, min_combined_score: 2}}}] | min_combined_score
          plugins: [{type: rag, configuration: {enabled: true}}]                 | backend
          plugins: [{type: rag, configuration: {enabled: true, backend: floppy}}] | backend
          plugins: [{type: rag, configuration: {enabled: true, backend: milvus}}] | collection
          plugins: [{type: rag, configuration: {enabled: true, backend: milvus, top_k: 0, \
          backend_config: {collection: c}}}] | top_k
          plugins: [{type: rag, configuration: {enabled: true, backend: milvus, on_failure: \
          panic, backend_config: {collection: c}}}] | on_failure
          plugins: [{type: rag, configuration: {enabled: true, backend: hybrid, backend_config: \
          {primary: vectorstore}}}] | primary
          plugins: [{type: image_gen, configuration: {enabled: true}}]           | backend
          plugins: [{type: image_gen, configuration: {enabled: true, backend: openai}}] | api_key
          """)
  void ofADecision(String decision, String key) {
    for (Compatibility compatibility : Compatibility.values()) {
      List<Diagnostic> errors = errors(FILE.formatted(decision, ""), compatibility);

      assertEquals(1, errors.size(), errors::toString);
      Diagnostic error = errors.getFirst();
      assertTrue(error.key().startsWith("routing.decisions[0]."), error.key());
      assertTrue(error.key().endsWith(key), error.key());
      assertEquals(10, error.position().line(), error.render());
    }
  }

  /** What v0.3 loads and then ignores, or stumbles over on a request. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          algorithm: {type: latency_aware, latency_aware: {tpot_percentile: -1, ttft_percentile: \
          5}} | tpot_percentile
          algorithm: {type: hybrid, hybrid: {cost_weight: 0.9}}                  | elo_weight
          algorithm: {type: router_dc, router_dc: {require_descriptions: true}}  | model
          algorithm: {type: multi_factor, multi_factor: {on_no_candidates: panic}} | \
          on_no_candidates
          algorithm: {type: session_aware, session_aware: {base_method: magic}}  | base_method
          algorithm: {type: confidence, confidence: {confidence_method: guess}}  | confidence_method
          algorithm: {type: elo, elo: {auto_save_interval: soon}} | auto_save_interval
          algorithm: {type: remom, remom: {temperature: 1}}                      | remom
          plugins: [{type: system_prompt, configuration: {system_prompt: x, mode: sideways}}] | mode
          plugins: [{type: fast_response, configuration: {mesage: x}}]           | message
          plugins: [{type: fast_response, configuration: [1]}]                   | configuration
          plugins: [{type: hallucination, configuration: {enabled: true, hallucination_action: \
          shout}}] | hallucination_action
          plugins: [{type: response_jailbreak, configuration: {enabled: true, threshold: 3}}] | \
          threshold
          plugins: [{type: router_replay, configuration: {max_records: many}}]   | max_records
          plugins: [{type: memory, configuration: {reflection: {dedup_threshold: 2}}}] | \
          dedup_threshold
          plugins: [{type: semantic-cache}, {type: semantic_cache}]              | type
          plugins: [{type: tools, configuration: {enabled: true, strategy: magic}}] | strategy
          plugins: [{type: header_mutation, configuration: {add: [{name: "a b", value: x}]}}] | name
          plugins: [{type: header_mutation, configuration: {add: [{name: a, value: "x\\ny"}]}}] \
          | value
          plugins: [{type: header_mutation, configuration: {delete: [Host]}}]    | delete
          plugins: [{type: header_mutation, configuration: {update: [{name: Authorization, \
          value: x}]}}] | name
          plugins: [{type: header_mutation, configuration: {update: [{name: x-vsr-a, value: \
          x}]}}] | name
          """)
  void ofADecisionThatUpstreamDoesNotNotice(String decision, String key) {
    String file = FILE.formatted(decision, "");
    assertEquals(List.of(), errors(file, Compatibility.UPSTREAM_0_3));
    List<Diagnostic> errors = errors(file, Compatibility.GATUN);
    assertEquals(1, errors.size(), errors::toString);
    assertTrue(errors.getFirst().key().endsWith(key), errors.getFirst().key());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          router: {model_selection: {model_switch_gate: {min_switch_advantage: -1}}} | \
          min_switch_advantage
          router: {model_selection: {model_switch_gate: {mode: loud}}}           | mode
          model_catalog: {system: {prompt_guard: ""}} | system.prompt_guard
          model_catalog: {modules: {prompt_guard: {model_ref: guard}}} | prompt_guard.model_ref
          integrations: {tools: {advanced_filtering: {enabled: true, retrieval_strategy: \
          dowsing}}} | retrieval_strategy
          integrations: {tools: {advanced_filtering: {enabled: true, candidate_pool_size: -1}}} \
          | candidate_pool_size
          stores: {semantic_cache: {max_entries: many}}                          | max_entries
          native: {isa_max: avx9}                                                | isa_max
          model_catalog: {modules: {modality_detector: {enabled: true, method: ""}}} | method
          """)
  void ofTheWhole(String global, String key) {
    for (Compatibility compatibility : Compatibility.values()) {
      List<Diagnostic> errors = errors(FILE.formatted("", global), compatibility);

      assertEquals(1, errors.size(), errors::toString);
      assertTrue(errors.getFirst().key().endsWith(key), errors.getFirst().key());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          services: {authz: {providers: [{type: header}]}}                       | type
          services: {authz: {providers: [{headers: {openai: x-key}}]}}           | type
          services: {authz: {providers: [{type: ""}]}}                           | type
          services: {authz: {providers: [{type: header-injection, headers: {openai: "x key"}}]}} \
          | headers
          services: {ratelimit: {providers: [{type: redis}]}}                    | type
          services: {ratelimit: {providers: [{type: envoy-ratelimit}]}}          | address
          services: {ratelimit: {providers: [{type: local-limiter}]}}            | rules
          services: {ratelimit: {providers: [{type: local-limiter, rules: [{name: a}]}]}} | name
          services: {ratelimit: {providers: [{type: local-limiter, rules: [{requests_per_unit: \
          1, unit: year}]}]}} | unit
          stores: {vector_store: {enabled: true}}                                | backend_type
          stores: {vector_store: {enabled: true, backend_type: milvus}}          | connection.host
          stores: {vector_store: {enabled: true, backend_type: llama_stack, llama_stack: \
          {endpoint: e, search_type: x}}} | search_type
          stores: {vector_store: {enabled: true, backend_type: memory, metadata_store: \
          postgres}} | metadata_postgres
          stores: {semantic_cache: {backend_type: floppy}}                       | backend_type
          services: {router_replay: {store_backend: floppy}}                     | store_backend
          stores: {semantic_cache: {backend_type: redis, embedding_model: bert, redis: {index: \
          {vector_field: {dimension: 768}}}}} | vector_field.dimension
          stores: {semantic_cache: {backend_type: milvus, embedding_model: mmbert, milvus: \
          {collection: {vector_field: {dimension: 1024}}}}} | vector_field.dimension
          stores: {memory: {backend: qdrant, embedding_model: multimodal, qdrant: {dimension: \
          256}}} | qdrant.dimension
          stores: {vector_store: {embedding_model: bert, embedding_dimension: 768}} | \
          embedding_dimension
          stores: {vector_store: {enabled: true, backend_type: memory, embedding_dimension: 768}} \
          | embedding_dimension
          stores: {vector_store: {backend_type: milvus, embedding_dimension: 384, milvus: \
          {collection: {vector_field: {dimension: 768}}}}} | vector_field.dimension
          services: {observability: {tracing: {provider: zipkin}}}               | provider
          services: {observability: {tracing: {exporter: {type: pigeon}}}}       | exporter.type
          services: {observability: {tracing: {sampling: {type: sometimes}}}}    | sampling.type
          model_catalog: {modules: {prompt_guard: {use_vllm: true, use_mmbert_32k: true}}} | \
          use_vllm
          """)
  void ofTheWholeThatUpstreamDoesNotNotice(String global, String key) {
    String file = FILE.formatted("", global);
    assertEquals(List.of(), errors(file, Compatibility.UPSTREAM_0_3));
    List<Diagnostic> errors = errors(file, Compatibility.GATUN);
    assertEquals(1, errors.size(), errors::toString);
    assertTrue(errors.getFirst().key().endsWith(key), errors.getFirst().key());
  }

  /** Stores whose vectors are not of the length that what fills them makes, and odd models. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stores: {semantic_cache: {backend_type: redis, redis: {index: {vector_field: \
          {dimension: 768}}}}} | redis.index.vector_field.dimension
          stores: {memory: {enabled: true, backend: valkey, valkey: {dimension: 1536}}}, \
          model_catalog: {embeddings: {semantic: {embedding_config: {model_type: multimodal}}}} \
          | valkey.dimension
          stores: {semantic_cache: {backend_type: hybrid, milvus: {collection: {vector_field: \
          {dimension: 768}}}}}, model_catalog: {embeddings: {semantic: {embedding_config: \
          {backend: remote, remote: {base_url: 'https://h/v1', model: m, dimensions: 1536}}}}} \
          | milvus.collection.vector_field.dimension
          stores: {vector_store: {enabled: true, backend_type: milvus, milvus: {connection: \
          {host: h}, collection: {vector_field: {dimension: 768}}}}} | vector_field.dimension
          model_catalog: {modules: {prompt_guard: {threshold: 2}}}               | threshold
          model_catalog: {modules: {classifier: {domain: {threshold: -1}}}}      | threshold
          model_catalog: {modules: {classifier: {pii: {threshold: 1.5}}}}        | threshold
          model_catalog: {modules: {feedback_detector: {threshold: 7}}}          | threshold
          model_catalog: {modules: {hallucination_mitigation: {fact_check: {threshold: 2}}}} \
          | threshold
          model_catalog: {embeddings: {semantic: {embedding_config: {backend: onnx}}}} | backend
          model_catalog: {embeddings: {semantic: {embedding_config: {model_type: e5}}}} \
          | model_type
          model_catalog: {embeddings: {semantic: {embedding_config: {target_dimension: -1}}}} \
          | target_dimension
          """)
  void ofModelsAndStoresThatUpstreamDoesNotNotice(String global, String key) {
    ofTheWholeThatUpstreamDoesNotNotice(global, key);
  }

  /** Shorter vectors are the beginning of longer ones, where the encoder was trained so. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "backend_type: redis, redis: {index: {vector_field: {dimension: 384}}} | {}",
        "enabled: false, backend_type: redis, redis: {index: {vector_field: {dimension: 7}}} | {}",
        "backend_type: redis, redis: {index: {vector_field: {dimension: 256}}}"
            + " | {gemma_model_path: /g, qwen3_model_path: /q, embedding_config: {model_type:"
            + " gemma}}",
        "backend_type: redis, redis: {index: {vector_field: {dimension: 1024}}}"
            + " | {qwen3_model_path: /q}",
        "backend_type: redis, redis: {index: {vector_field: {dimension: 256}}}"
            + " | {embedding_config: {target_dimension: 256}}",
        "backend_type: redis, redis: {index: {vector_field: {dimension: 7}}}"
            + " | {embedding_config: {backend: remote, remote: {base_url: 'https://h/v1', model:"
            + " m}}}"
      })
  void lengthsThatTheEncoderMakesAreTaken(String cacheAndSemantic) {
    String[] parts = cacheAndSemantic.split(" \\| ", 2);
    String global =
        "stores: {semantic_cache: {%s}}, model_catalog: {embeddings: {semantic: %s}}"
            .formatted(parts[0], parts[1]);
    assertEquals(List.of(), errors(FILE.formatted("", global), Compatibility.GATUN));
  }

  @Test
  void whatIsSwitchedOffIsNotLookedInto() {
    String filtering = "integrations: {tools: {advanced_filtering: {retrieval_strategy: dowsing}}}";
    String rag = "plugins: [{type: rag, configuration: {enabled: false}}]";

    assertEquals(List.of(), errors(FILE.formatted(rag, filtering), Compatibility.GATUN));
  }

  @Test
  void aModelOfItsOwnNeedsNoReference() {
    String global =
        "model_catalog: {system: {prompt_guard: ''}, modules: {prompt_guard: {model_id: a/b}}}";

    assertEquals(List.of(), errors(FILE.formatted("", global), Compatibility.GATUN));
  }

  @Test
  void pluginsAndGatesThatUndoEachOtherAreWarnedOf() {
    String plugins =
        "plugins: [{type: semantic-cache}, {type: rag, configuration: {enabled: true,"
            + " backend: vectorstore, backend_config: {vector_store_id: v}}}]";
    String gate = "router: {model_selection: {model_switch_gate: {enabled: true, mode: enforce}}}";
    List<String> warnings =
        diagnostics(FILE.formatted(plugins, gate), Compatibility.GATUN)
            .filter(d -> d.severity() == Severity.WARNING)
            .map(Diagnostic::key)
            .toList();

    assertTrue(warnings.contains("routing.decisions[0].plugins"), warnings::toString);
    assertTrue(
        warnings.contains("global.router.model_selection.model_switch_gate.mode"),
        warnings::toString);
  }

  /** A rule without it would not be there, and nobody would know. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "structure: [{name: s, feature: {type: WORD, source: {type: regex, pattern: a}}}]",
        "structure: [{name: s, feature: {type: count, source: {type: WORD, pattern: a}}}]",
        "conversation: [{name: s, feature: {type: WORD, source: {type: message}}}]",
        "conversation: [{name: s, feature: {type: exists, source: {type: WORD}}}]",
        "kb: [{name: s, kb: privacy_kb, target: {kind: WORD, value: private}}]"
      })
  void aWordThatIsNeededMustNotBeEmpty(String rule) {
    for (String word : List.of("''", "null")) {
      String file = "routing: {signals: {" + rule.replace("WORD", word) + "}}";
      for (Compatibility compatibility : Compatibility.values()) {
        assertEquals(1, errors(file, compatibility).size(), file);
      }
    }
  }

  @Test
  void credentialsMayBeSetWhenThatIsSaid() {
    String plugin =
        "plugins: [{type: header_mutation, configuration: {allow_credentials: true,"
            + " update: [{name: Authorization, value: x}]}}]";

    assertEquals(List.of(), errors(FILE.formatted(plugin, ""), Compatibility.GATUN));
  }

  private static List<Diagnostic> errors(String file, Compatibility compatibility) {
    return diagnostics(file, compatibility)
        .filter(diagnostic -> diagnostic.severity() == Severity.ERROR)
        .toList();
  }

  private static Stream<Diagnostic> diagnostics(String file, Compatibility compatibility) {
    DecodeOptions options =
        new DecodeOptions(false, Optional.of(compatibility), name -> Optional.empty());
    return ConfigDecoder.decode(Documents.yaml(file), options).diagnostics().stream();
  }
}
