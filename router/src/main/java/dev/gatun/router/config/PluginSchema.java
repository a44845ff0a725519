package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.all;
import static dev.gatun.router.config.Shape.and;
import static dev.gatun.router.config.Shape.anything;
import static dev.gatun.router.config.Shape.atLeast;
import static dev.gatun.router.config.Shape.count;
import static dev.gatun.router.config.Shape.entries;
import static dev.gatun.router.config.Shape.flag;
import static dev.gatun.router.config.Shape.keys;
import static dev.gatun.router.config.Shape.list;
import static dev.gatun.router.config.Shape.runs;
import static dev.gatun.router.config.Shape.share;
import static dev.gatun.router.config.Shape.text;
import static dev.gatun.router.config.Shape.texts;
import static dev.gatun.router.config.Shape.whole;
import static dev.gatun.router.config.Shape.word;

import dev.gatun.router.config.Shape.Keys;
import dev.gatun.router.config.Shape.Word;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What {@code configuration} of a plugin may hold, by the type of the plugin (spec plugins). */
final class PluginSchema {
  /** Payloads in the order of the documentation. */
  static final Map<String, Keys> PAYLOADS = payloads();

  /** Other names of a type. */
  static final Map<String, String> ALIASES =
      Map.of("semantic_cache", "semantic-cache", "response_cache", "semantic-cache");

  /** Types whose payload v0.3 checks; a mistake in another payload switches that plugin off. */
  static final Set<String> NOTICED = Set.of("rag", "tools", "tool_selection", "image_gen");

  /** Where a passage may come from, and what its {@code backend_config} holds. */
  static final Map<String, Keys> RAG_BACKENDS = ragBackends();

  /** Keys of a {@code backend_config} that nothing can do without. */
  static final Map<String, List<String>> RAG_REQUIRED =
      Map.of(
          "milvus", List.of("collection"),
          "qdrant", List.of("collection"),
          "external_api", List.of("endpoint", "request_format"),
          "mcp", List.of("server_name", "tool_name"),
          "openai", List.of("vector_store_id", "api_key"),
          "vectorstore", List.of("vector_store_id"),
          "hybrid", List.of("primary"));

  static final Map<String, Keys> IMAGE_BACKENDS = imageBackends();

  static final Map<String, List<String>> IMAGE_REQUIRED =
      Map.of("vllm_omni", List.of("base_url"), "openai", List.of("api_key"));

  private PluginSchema() {}

  /** The payload of a type or one of its other names. */
  static Keys payload(String type) {
    Keys keys = PAYLOADS.get(ALIASES.getOrDefault(type, type));
    if (keys == null) {
      throw new IllegalArgumentException("there is no plugin " + type);
    }
    return keys;
  }

  /** Whether this is a plugin that is there for safety, so that nothing beside it is a trifle. */
  static boolean isSafety(Keys keys, Node.Mapping plugin) {
    return keys.equals(DecisionSchema.PLUGIN)
        && plugin.value("type").orElse(plugin) instanceof Node.Scalar type
        && PAYLOADS.getOrDefault(type.text(), keys).safety();
  }

  private static Map<String, Keys> payloads() {
    Map<String, Keys> payloads = new LinkedHashMap<>();
    payloads.put("fast_response", keys(all(text(), "message")));
    payloads.put(
        "system_prompt",
        keys(
            all(flag(), "enabled"),
            all(text(), "system_prompt"),
            all(word("insert", "replace"), "mode")));
    payloads.put("header_mutation", headerMutation());
    payloads.put(
        "request_params",
        keys(
            all(texts(), "blocked_params"),
            all(count(), "max_tokens_limit max_n"),
            all(flag(), "strip_unknown")));
    payloads.put(
        "semantic-cache",
        keys(
            all(flag(), "enabled coalesce"),
            all(share(), "similarity_threshold"),
            all(count(), "ttl_seconds max_cached_stream_bytes")));
    payloads.put("memory", memory());
    payloads.put("rag", rag());
    payloads.put("hallucination", hallucination());
    payloads.put("response_jailbreak", responseJailbreak());
    payloads.put("tools", tools());
    payloads.put("tool_selection", toolSelection());
    payloads.put("router_replay", routerReplay());
    payloads.put("image_gen", imageGeneration());
    payloads.put(
        "context_compression",
        keys(
            all(flag(), "enabled"),
            all(list(word("tool_outputs", "history")), "targets"),
            all(count(), "max_tokens keep_last_turns"),
            all(text(), "profile")));
    payloads.put(
        "pii_redact",
        keys(
                all(flag(), "enabled restore"),
                all(texts(), "types"),
                all(word("mask", "pseudonym"), "mode"))
            .strict());
    return Collections.unmodifiableMap(payloads);
  }

  private static Keys headerMutation() {
    Keys header = keys(all(text(), "name value"));
    return keys(
        all(list(header), "add update"), all(texts(), "delete"), all(flag(), "allow_credentials"));
  }

  private static Keys memory() {
    return keys(
        all(flag(), "enabled auto_store hybrid_search"),
        all(count(), "retrieval_limit"),
        all(share(), "similarity_threshold"),
        all(text(), "hybrid_mode"),
        all(word("user", "session"), "scope"),
        all(streaming(), "streaming"),
        and(runs("reflection", StoreSchema.reflection())));
  }

  private static Keys rag() {
    return keys(
        all(flag(), "enabled cache_results"),
        all(text(), "backend"),
        all(share(), "similarity_threshold min_confidence_threshold"),
        all(whole(1, 10_000), "top_k"),
        all(whole(1, Integer.MAX_VALUE), "max_context_length"),
        all(word("tool_role", "system_prompt"), "injection_mode"),
        all(word("skip", "warn", "block"), "on_failure"),
        all(whole(), "cache_ttl_seconds"),
        all(anything(), "backend_config"));
  }

  private static Map<String, Keys> ragBackends() {
    Map<String, Keys> backends = new LinkedHashMap<>();
    backends.put(
        "milvus",
        keys(
            all(text(), "collection content_field metadata_field filter_expression"),
            all(flag(), "reuse_cache_connection")));
    backends.put(
        "qdrant",
        keys(all(text(), "collection content_field"), all(flag(), "reuse_cache_connection")));
    backends.put(
        "external_api",
        keys(
            all(text(), "endpoint api_key auth_header request_template"),
            all(word("pinecone", "weaviate", "elasticsearch", "custom"), "request_format"),
            all(entries(text()), "headers"),
            all(count(), "timeout_seconds")));
    backends.put(
        "mcp",
        keys(
            all(text(), "server_name tool_name"),
            all(anything(), "tool_arguments"),
            all(count(), "timeout_seconds")));
    backends.put(
        "openai",
        keys(
            all(text(), "vector_store_id api_key base_url"),
            all(count(), "max_num_results"),
            all(texts(), "file_ids"),
            all(anything(), "filter"),
            all(word("direct_search", "tool_based"), "workflow_mode")));
    backends.put("vectorstore", keys(all(text(), "vector_store_id"), all(texts(), "file_ids")));
    backends.put(
        "hybrid",
        keys(
            all(word("milvus", "qdrant", "external_api", "mcp", "openai"), "primary fallback"),
            all(anything(), "primary_config fallback_config"),
            all(word("sequential", "parallel"), "strategy")));
    return Collections.unmodifiableMap(backends);
  }

  private static Keys hallucination() {
    Word action = word("header", "body", "none", "annotate", "warn", "block");
    return keys(
            all(flag(), "enabled use_nli include_hallucination_details"),
            all(action, "hallucination_action unverified_factual_action"),
            all(streaming(), "streaming"))
        .strict();
  }

  /** When a check of answers looks at a stream. */
  private static Word streaming() {
    return word("hold", "window", "trailer");
  }

  private static Keys responseJailbreak() {
    return keys(
            all(flag(), "enabled"),
            all(share(), "threshold"),
            all(word("block", "header", "none"), "action"),
            all(word("pass", "block"), "on_error"),
            all(streaming(), "streaming"))
        .strict();
  }

  private static Keys tools() {
    Keys weights = keys(all(atLeast(0), "semantic history decision_prior repetition_penalty"));
    Keys retrieval =
        keys(
            all(flag(), "enabled fallback_on_low_confidence"),
            all(word("semantic_only", "hybrid_history"), "strategy"),
            all(count(), "history_window"),
            all(share(), "min_history_confidence"),
            and(runs("weights", weights)));
    return keys(
        all(flag(), "enabled semantic_selection"),
        all(word("none", "passthrough", "filtered"), "mode"),
        all(texts(), "allow_tools block_tools"),
        all(text(), "strategy"),
        and(runs("dynamic_retrieval", retrieval)));
  }

  private static Keys toolSelection() {
    return keys(
        all(flag(), "enabled fallback_to_empty"),
        all(word("add", "filter", "replace"), "mode"),
        all(text(), "tools_db_path top_k strategy"),
        all(share(), "similarity_threshold relevance_threshold"),
        all(count(), "preserve_count"),
        and(runs("advanced_filtering", GlobalSchema.advancedFiltering())));
  }

  private static Keys routerReplay() {
    return keys(
        all(flag(), "enabled capture_request_body capture_response_body"),
        all(count(), "max_records max_body_bytes max_tool_trace_bytes max_tool_trace_steps"),
        all(word("pii"), "redact"));
  }

  private static Keys imageGeneration() {
    return keys(
        all(flag(), "enabled always"),
        all(text(), "backend"),
        all(count(), "default_width default_height timeout_seconds"),
        all(anything(), "backend_config"));
  }

  private static Map<String, Keys> imageBackends() {
    Map<String, Keys> backends = new LinkedHashMap<>();
    backends.put(
        "vllm_omni",
        keys(
            all(text(), "base_url model"),
            all(count(), "num_inference_steps"),
            all(atLeast(0), "cfg_scale"),
            all(whole(), "seed")));
    backends.put("openai", keys(all(text(), "api_key base_url model quality style")));
    return Collections.unmodifiableMap(backends);
  }
}
