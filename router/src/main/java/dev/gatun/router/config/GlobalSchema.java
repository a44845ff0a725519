package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.anything;
import static dev.gatun.router.config.Shape.count;
import static dev.gatun.router.config.Shape.each;
import static dev.gatun.router.config.Shape.flag;
import static dev.gatun.router.config.Shape.gone;
import static dev.gatun.router.config.Shape.inert;
import static dev.gatun.router.config.Shape.keys;
import static dev.gatun.router.config.Shape.later;
import static dev.gatun.router.config.Shape.list;
import static dev.gatun.router.config.Shape.loose;
import static dev.gatun.router.config.Shape.runs;
import static dev.gatun.router.config.Shape.text;
import static dev.gatun.router.config.Shape.time;
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
          later("auto_model_names", anything(), "several automatic model names"),
          runs("include_config_models_in_list", flag()),
          inert("clear_route_cache", flag(), NO_PROXY),
          later("streamed_body", loose("enabled max_bytes timeout_sec"), "streamed bodies"),
          later("skip_processing", loose("enabled"), "skipping by header"),
          runs("model_selection", modelSelection()),
          runs("compatibility", word("gatun", "upstream-0.3")),
          runs("degraded_start", flag()),
          runs("overload", word("shed", "default_model").runningOnly("shed")),
          runs("signals", SIGNALS),
          later("lazy_signals", flag(), "lazy signals"),
          runs("response_headers", word("full", "minimal", "none")),
          later("session_headers", loose("echo name forward"), "session headers"));

  static final Keys MANAGEMENT_API =
      keys(
              runs("address", text()),
              runs("port", whole(0, 65535)),
              later("auth", loose("mode tokens_file").strict(), "authentication of management"))
          .strict();

  static final Keys NATIVE =
      keys(
          runs(
              "backend",
              word("auto", "cpu", "openvino", "cuda", "rocm").runningOnly("auto", "cpu")),
          runs("library_dir", text()),
          runs("models_dir", text()),
          runs("load", word("eager", "lazy")),
          runs("isa_max", text()),
          runs("lanes", whole(1, 64)),
          runs("threads_per_lane", whole(1, 256)),
          runs("pin_threads", flag()),
          runs("precision", word("fp32", "bf16", "int8")),
          runs("cache_dir", text()),
          runs("cache_bytes_max", whole(1, Long.MAX_VALUE)),
          runs("tokens_per_batch_max", whole(1, Integer.MAX_VALUE)),
          runs("queue_tokens_max", whole(1, Integer.MAX_VALUE)),
          later("openvino", loose("library device cache_dir"), "the OpenVINO backend"),
          later("cuda", loose("device"), "the CUDA backend"),
          later("rocm", loose("device library"), "the ROCm backend"));

  static final Keys SERVICES =
      keys(
          later("api", api(), "limits of batch classification"),
          later("response_api", responseApi(), "the Responses API"),
          later("router_replay", routerReplay(), "replay"),
          later(
              "startup_status",
              loose("store_backend", runs("redis", loose("address password db"))),
              "a shared start-up status"),
          later("observability", observability(), "metrics and traces"),
          runs("authz", authz()),
          later("ratelimit", rateLimit(), "rate limits"),
          runs("management_api", MANAGEMENT_API));

  static final Keys INTEGRATIONS =
      keys(
          later("tools", tools(), "tool selection"),
          later(
              "looper",
              loose(
                  "endpoint model_endpoints grpc_max_msg_size_mb timeout_seconds retry_count"
                      + " headers"),
              "algorithms that call several models"),
          later("mcp", loose("servers discovery"), "MCP servers"));

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

  private static Keys modelSelection() {
    String feature = "selection algorithms other than static";
    Keys ml =
        loose(
            "models_path embedding_dim",
            runs("knn", loose("k pretrained_path weighting")),
            runs("kmeans", loose("num_clusters efficiency_weight pretrained_path")),
            runs("svm", loose("kernel gamma pretrained_path")),
            runs("mlp", loose("device pretrained_path")));
    Keys lookupTables =
        loose(
            "enabled storage_path auto_save_interval populate_from_replay populate_interval",
            runs("quality_gaps", list(loose("task_family current_model candidate_model value"))),
            runs("handoff_penalties", list(loose("from_model to_model value"))),
            runs("remaining_turn_priors", list(loose("intent_or_domain value"))));
    return keys(
        inert("enabled", flag(), NO_GLOBAL_METHOD),
        inert("method", text(), NO_GLOBAL_METHOD),
        later("elo", AlgorithmSchema.block("elo"), feature),
        later("router_dc", AlgorithmSchema.block("router_dc"), feature),
        later("automix", AlgorithmSchema.block("automix"), feature),
        later("hybrid", AlgorithmSchema.block("hybrid"), feature),
        later("latency_aware", AlgorithmSchema.block("latency_aware"), feature),
        later("multi_factor", AlgorithmSchema.block("multi_factor"), feature),
        later("ml", ml, feature),
        later("session_aware", AlgorithmSchema.block("session_aware"), feature),
        later("momentum", anything(), feature),
        later("model_switch_gate", modelSwitchGate(), feature),
        later("lookup_tables", lookupTables, feature));
  }

  private static Keys modelSwitchGate() {
    return loose("enabled mode min_switch_advantage default_handoff_penalty cache_warmth_weight");
  }

  private static Keys api() {
    Keys metrics =
        loose(
            "sample_rate duration_buckets size_buckets enabled detailed_goroutine_tracking"
                + " high_resolution_timing",
            runs("batch_size_ranges", list(loose("min max label"))));
    Keys batch =
        loose("max_batch_size concurrency_threshold max_concurrency", runs("metrics", metrics));
    return keys(runs("batch_classification", batch));
  }

  private static Keys responseApi() {
    Keys redis =
        loose(
            "address password db key_prefix cluster_mode cluster_addresses pool_size"
                + " min_idle_conns max_retries dial_timeout read_timeout write_timeout"
                + " tls_enabled tls_cert_path tls_key_path tls_ca_path config_path");
    return loose("enabled store_backend ttl_seconds max_responses required", runs("redis", redis));
  }

  private static Keys routerReplay() {
    return loose(
        "enabled store_backend ttl_seconds async_writes data_plane required",
        runs(
            "redis",
            loose("address db password use_tls tls_skip_verify max_retries pool_size key_prefix")),
        runs("postgres", StoreSchema.POSTGRES),
        runs(
            "milvus",
            loose("address username password collection_name consistency_level shard_num")),
        runs("qdrant", loose("host port api_key use_tls collection_name")));
  }

  private static Keys observability() {
    Keys windowed =
        loose(
            "enabled time_windows update_interval model_metrics queue_depth_estimation"
                + " max_models");
    Keys tracing =
        loose(
            "enabled provider",
            runs("exporter", loose("type endpoint insecure")),
            runs("sampling", loose("type rate")),
            runs("resource", loose("service_name service_version deployment_environment")));
    return keys(
        runs("metrics", loose("enabled", runs("windowed_metrics", windowed))),
        runs("tracing", tracing));
  }

  private static Keys authz() {
    Keys identity = keys(Shape.each(text(), "user_id_header", "user_groups_header")).strict();
    Keys provider = loose("type headers").strict();
    return keys(
            runs("fail_open", flag()),
            runs("identity", identity),
            later("providers", list(provider), "credential providers"))
        .strict();
  }

  private static Keys rateLimit() {
    Keys rule =
        loose(
                "name requests_per_unit tokens_per_unit unit",
                runs("match", loose("user group model").strict()))
            .strict();
    Keys provider = loose("type address domain", runs("rules", list(rule))).strict();
    return loose("fail_open", runs("providers", list(provider))).strict();
  }

  private static Keys tools() {
    return loose(
        "enabled top_k similarity_threshold tools_db_path fallback_to_empty",
        runs(
            "advanced_filtering",
            loose(
                "enabled retrieval_strategy candidate_pool_size min_lexical_overlap"
                    + " min_combined_score use_category_filter category_confidence_threshold"
                    + " allow_tools block_tools",
                runs("weights", loose("embed lexical tag name category")),
                runs(
                    "hybrid_history",
                    loose(
                        "history_horizon min_history_steps history_confidence_threshold"
                            + " weight_semantic weight_history_transition"
                            + " weight_decision_prior repetition_penalty_strength")))));
  }
}
