package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.all;
import static dev.gatun.router.config.Shape.and;
import static dev.gatun.router.config.Shape.atLeast;
import static dev.gatun.router.config.Shape.count;
import static dev.gatun.router.config.Shape.each;
import static dev.gatun.router.config.Shape.entries;
import static dev.gatun.router.config.Shape.flag;
import static dev.gatun.router.config.Shape.gone;
import static dev.gatun.router.config.Shape.inert;
import static dev.gatun.router.config.Shape.keys;
import static dev.gatun.router.config.Shape.later;
import static dev.gatun.router.config.Shape.list;
import static dev.gatun.router.config.Shape.real;
import static dev.gatun.router.config.Shape.runs;
import static dev.gatun.router.config.Shape.share;
import static dev.gatun.router.config.Shape.text;
import static dev.gatun.router.config.Shape.texts;
import static dev.gatun.router.config.Shape.time;
import static dev.gatun.router.config.Shape.unchecked;
import static dev.gatun.router.config.Shape.whole;
import static dev.gatun.router.config.Shape.word;

import dev.gatun.router.config.Shape.Field;
import dev.gatun.router.config.Shape.Keys;
import dev.gatun.router.signal.FailurePolicy;
import dev.gatun.router.signal.Family;

/** Keys under {@code global}, but for stores and models. */
final class GlobalSchema {
  private static final String NO_PROXY = "requests are routed inside this process";
  private static final String NO_GLOBAL_METHOD =
      "a decision without an algorithm is static, whatever is written here";

  /** Instruction sets that kernels are written for, of all processors (gatun.h). */
  private static final String[] TIERS = {
    "scalar",
    "avx2",
    "avx2vnni",
    "avx512",
    "avx512vnni",
    "avx512bf16",
    "amx",
    "neon",
    "neondotprod",
    "neonbf16"
  };

  private static final String[] SAMPLERS = {
    "always_on", "always_off", "probabilistic", "traceidratio"
  };

  private static final Field[] FAILURE = {
    runs("deadline", time()), runs("on_failure", word("default", "open", "closed"))
  };

  private static final Keys SIGNALS =
      keys(
          FAILURE,
          new Field[] {
            runs("families", keys(each(keys(FAILURE), modelFamilies()))),
            runs("reuse_bytes_max", count())
          });

  static final Keys ROUTER =
      keys(
          runs("config_source", word("file", "kubernetes").runningOnly("file")),
          runs("strategy", word("priority", "confidence")).unchecked(),
          runs("auto_model_name", text()),
          runs("auto_model_names", texts()),
          runs("include_config_models_in_list", flag()),
          inert("clear_route_cache", flag(), NO_PROXY),
          later("streamed_body", streamedBody(), "streamed bodies"),
          later("skip_processing", keys(all(flag(), "enabled")), "skipping by header"),
          runs("model_selection", modelSelection()),
          runs("compatibility", word("gatun", "upstream-0.3")),
          runs("degraded_start", flag()),
          runs("overload", word("shed", "default_model")),
          runs("signals", SIGNALS),
          runs("lazy_signals", flag()),
          runs("response_headers", word("full", "minimal", "none")),
          later(
              "session_headers",
              keys(all(flag(), "echo forward"), all(text(), "name")),
              "session headers"));

  static final Keys MANAGEMENT_API =
      keys(
              runs("address", text()),
              runs("port", whole(0, 65535)),
              later(
                  "auth",
                  keys(all(word("bearer"), "mode"), all(text(), "tokens_file")).strict(),
                  "authentication of management"))
          .strict();

  static final Keys NATIVE =
      keys(
          runs(
              "backend",
              word("auto", "cpu", "openvino", "cuda", "rocm").runningOnly("auto", "cpu")),
          runs("library_dir", text()),
          runs("models_dir", text()),
          runs("load", word("eager", "lazy")),
          runs("isa_max", word(TIERS)),
          runs("lanes", whole(1, 64)),
          runs("threads_per_lane", whole(1, 256)),
          runs("pin_threads", flag()),
          runs("precision", word("fp32", "bf16", "int8")),
          runs("cache_dir", text()),
          runs("cache_bytes_max", whole(1, Long.MAX_VALUE)),
          runs("tokens_per_batch_max", whole(1, Integer.MAX_VALUE)),
          runs("queue_tokens_max", whole(1, Integer.MAX_VALUE)),
          later("openvino", keys(all(text(), "library device cache_dir")), "the OpenVINO backend"),
          later("cuda", keys(all(text(), "device")), "the CUDA backend"),
          later("rocm", keys(all(text(), "device library")), "the ROCm backend"));

  static final Keys SERVICES =
      keys(
          later("api", api(), "limits of batch classification"),
          later("response_api", responseApi(), "the Responses API"),
          later("router_replay", routerReplay(), "replay"),
          later("startup_status", startupStatus(), "a shared start-up status"),
          later("observability", observability(), "metrics and traces"),
          runs("authz", authz()),
          later("ratelimit", rateLimit(), "rate limits"),
          runs("management_api", MANAGEMENT_API));

  static final Keys INTEGRATIONS =
      keys(
          later("tools", tools(), "tool selection"),
          later("looper", looper(), "algorithms that call several models"),
          later("mcp", mcp(), "MCP servers"));

  static final Keys GLOBAL =
      keys(
          runs("router", ROUTER),
          runs("services", SERVICES),
          runs("stores", StoreSchema.STORES),
          runs("integrations", INTEGRATIONS),
          runs("model_catalog", CatalogSchema.MODEL_CATALOG),
          runs("native", NATIVE),
          gone("modules", "move it to global.model_catalog.modules"));

  private GlobalSchema() {}

  /** Only what asks a model can fail. */
  private static String[] modelFamilies() {
    return FailurePolicy.families().stream().map(Family::type).toArray(String[]::new);
  }

  private static Keys streamedBody() {
    return keys(all(flag(), "enabled"), unchecked(count(), "max_bytes timeout_sec"));
  }

  private static Keys startupStatus() {
    Keys redis = keys(all(text(), "address password"), unchecked(count(), "db"));
    return keys(unchecked(word("file", "redis"), "store_backend"), and(runs("redis", redis)));
  }

  private static Keys modelSelection() {
    String feature = "selection algorithms other than static";
    return keys(
        inert("enabled", flag(), NO_GLOBAL_METHOD),
        inert("method", text(), NO_GLOBAL_METHOD),
        later("elo", AlgorithmSchema.block("elo"), feature),
        later("router_dc", AlgorithmSchema.block("router_dc"), feature),
        later("automix", AlgorithmSchema.block("automix"), feature),
        later("hybrid", AlgorithmSchema.block("hybrid"), feature),
        later("latency_aware", AlgorithmSchema.block("latency_aware"), feature),
        later("multi_factor", AlgorithmSchema.block("multi_factor"), feature),
        later("ml", learnedSelection(), feature),
        later("session_aware", AlgorithmSchema.block("session_aware"), feature),
        later("momentum", momentum(), feature),
        later("model_switch_gate", modelSwitchGate(), feature),
        later("lookup_tables", lookupTables(), feature));
  }

  private static Keys learnedSelection() {
    return keys(
        all(text(), "models_path"),
        unchecked(count(), "embedding_dim"),
        and(
            runs(
                "knn",
                keys(
                    unchecked(count(), "k"),
                    all(text(), "pretrained_path"),
                    unchecked(word("none", "distance"), "weighting"))),
            runs(
                "kmeans",
                keys(
                    unchecked(count(), "num_clusters"),
                    unchecked(share(), "efficiency_weight"),
                    all(text(), "pretrained_path"))),
            runs(
                "svm", keys(all(text(), "kernel pretrained_path"), unchecked(atLeast(0), "gamma"))),
            runs("mlp", keys(all(text(), "device pretrained_path")))));
  }

  private static Keys momentum() {
    return keys(all(flag(), "enabled"), unchecked(share(), "attack release threshold"));
  }

  private static Keys lookupTables() {
    Keys gap = keys(all(text(), "task_family current_model candidate_model"), all(real(), "value"));
    Keys penalty = keys(all(text(), "from_model to_model"), all(real(), "value"));
    Keys prior = keys(all(text(), "intent_or_domain"), all(real(), "value"));
    return keys(
        all(flag(), "enabled populate_from_replay"),
        all(text(), "storage_path"),
        unchecked(time(), "auto_save_interval populate_interval"),
        and(
            runs("quality_gaps", list(gap)),
            runs("handoff_penalties", list(penalty)),
            runs("remaining_turn_priors", list(prior))));
  }

  private static Keys modelSwitchGate() {
    return keys(
        all(flag(), "enabled"),
        all(word("shadow", "enforce"), "mode"),
        all(atLeast(0), "min_switch_advantage default_handoff_penalty cache_warmth_weight"));
  }

  private static Keys api() {
    Keys range = keys(all(whole(), "min max"), all(text(), "label"));
    Keys metrics =
        keys(
            unchecked(share(), "sample_rate"),
            all(list(real()), "duration_buckets size_buckets"),
            all(flag(), "enabled detailed_goroutine_tracking high_resolution_timing"),
            and(runs("batch_size_ranges", list(range))));
    return keys(
        runs(
            "batch_classification",
            keys(
                unchecked(count(), "max_batch_size concurrency_threshold max_concurrency"),
                and(runs("metrics", metrics)))));
  }

  private static Keys responseApi() {
    Keys redis =
        keys(
            all(text(), "address password key_prefix"),
            all(texts(), "cluster_addresses"),
            all(flag(), "cluster_mode tls_enabled"),
            all(text(), "tls_cert_path tls_key_path tls_ca_path config_path"),
            unchecked(
                count(),
                "db pool_size min_idle_conns max_retries dial_timeout read_timeout"
                    + " write_timeout"));
    return keys(
        all(flag(), "enabled required"),
        unchecked(word("memory", "redis"), "store_backend"),
        unchecked(count(), "ttl_seconds max_responses"),
        and(runs("redis", redis)));
  }

  private static Keys routerReplay() {
    Keys redis =
        keys(
            all(text(), "address password key_prefix"),
            all(flag(), "use_tls tls_skip_verify"),
            unchecked(count(), "db max_retries pool_size"));
    Keys milvus =
        keys(
            all(text(), "address username password collection_name consistency_level"),
            unchecked(count(), "shard_num"));
    return keys(
        all(flag(), "enabled async_writes data_plane required"),
        unchecked(word("memory", "redis", "postgres", "milvus", "qdrant"), "store_backend"),
        unchecked(count(), "ttl_seconds"),
        and(
            runs("redis", redis),
            runs("postgres", StoreSchema.POSTGRES),
            runs("milvus", milvus),
            runs(
                "qdrant",
                keys(
                    all(text(), "host api_key collection_name"),
                    unchecked(whole(0, 65535), "port"),
                    all(flag(), "use_tls")))));
  }

  private static Keys observability() {
    Keys windowed =
        keys(
            all(flag(), "enabled model_metrics queue_depth_estimation"),
            all(texts(), "time_windows"),
            unchecked(time(), "update_interval"),
            unchecked(count(), "max_models"));
    Keys tracing =
        keys(
            all(flag(), "enabled"),
            unchecked(word("opentelemetry"), "provider"),
            and(
                runs(
                    "exporter",
                    keys(
                        unchecked(word("otlp", "stdout"), "type"),
                        all(text(), "endpoint"),
                        all(flag(), "insecure"))),
                runs(
                    "sampling",
                    keys(unchecked(word(SAMPLERS), "type"), unchecked(share(), "rate"))),
                runs(
                    "resource",
                    keys(all(text(), "service_name service_version deployment_environment")))));
    return keys(
        runs("metrics", keys(all(flag(), "enabled"), and(runs("windowed_metrics", windowed)))),
        runs("tracing", tracing));
  }

  private static Keys authz() {
    Keys identity = keys(Shape.each(text(), "user_id_header", "user_groups_header")).strict();
    Keys provider =
        keys(
                unchecked(
                    word("header-injection", "static-config", "forward-authorization"), "type"),
                and(runs("headers", entries(text()))))
            .strict();
    return keys(
            runs("fail_open", flag()),
            runs("identity", identity),
            later("providers", list(provider), "credential providers"))
        .strict();
  }

  private static Keys rateLimit() {
    Keys rule =
        keys(
                all(text(), "name"),
                unchecked(count(), "requests_per_unit tokens_per_unit"),
                unchecked(word("second", "minute", "hour", "day"), "unit"),
                and(runs("match", keys(all(text(), "user group model")).strict())))
            .strict();
    Keys provider =
        keys(
                unchecked(word("envoy-ratelimit", "local-limiter"), "type"),
                all(text(), "address domain"),
                and(runs("rules", list(rule))))
            .strict();
    return keys(all(flag(), "fail_open"), and(runs("providers", list(provider)))).strict();
  }

  private static Keys tools() {
    return keys(
        all(flag(), "enabled fallback_to_empty"),
        unchecked(count(), "top_k"),
        unchecked(share(), "similarity_threshold"),
        all(text(), "tools_db_path"),
        and(runs("advanced_filtering", advancedFiltering())));
  }

  /** How tools are ranked; what is switched off is not checked, so bounds are not here. */
  static Keys advancedFiltering() {
    Keys weights = keys(all(real(), "embed lexical tag name category"));
    Keys history =
        keys(
            all(whole(), "history_horizon min_history_steps"),
            all(
                real(),
                "history_confidence_threshold weight_semantic weight_history_transition"
                    + " weight_decision_prior repetition_penalty_strength"));
    return keys(
        all(flag(), "enabled use_category_filter"),
        all(text(), "retrieval_strategy"),
        all(whole(), "candidate_pool_size min_lexical_overlap"),
        all(real(), "min_combined_score category_confidence_threshold"),
        all(texts(), "allow_tools block_tools"),
        and(runs("weights", weights), runs("hybrid_history", history)));
  }

  private static Keys looper() {
    return keys(
        all(text(), "endpoint"),
        all(entries(text()), "model_endpoints headers"),
        unchecked(count(), "grpc_max_msg_size_mb retry_count"),
        all(whole(), "timeout_seconds"));
  }

  private static Keys mcp() {
    Keys server =
        keys(
            all(text(), "name url command version capability"),
            all(word(McpDecoder.TRANSPORTS.toArray(String[]::new)).anyCased(), "transport"),
            all(texts(), "args tags"),
            all(entries(text()), "env"),
            all(count(), "timeout_ms"));
    return keys(
        runs("servers", list(server)), runs("discovery", keys(all(text(), "kubernetes_label"))));
  }
}
