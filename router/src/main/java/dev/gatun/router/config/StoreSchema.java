package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.keys;
import static dev.gatun.router.config.Shape.later;
import static dev.gatun.router.config.Shape.loose;
import static dev.gatun.router.config.Shape.runs;

import dev.gatun.router.config.Shape.Keys;

/** Keys under {@code global.stores}. */
final class StoreSchema {
  static final Keys POSTGRES =
      loose(
          "host port database user password ssl_mode max_open_conns max_idle_conns"
              + " conn_max_lifetime table_name");

  private static final Keys TLS = loose("enabled cert_file key_file ca_file");
  private static final Keys VECTOR_FIELD = loose("name dimension metric_type");
  private static final Keys LOGGING = loose("level enable_query_log enable_metrics");

  static final Keys STORES =
      keys(
          later("semantic_cache", semanticCache(), "the semantic cache"),
          later("memory", memory(), "memory"),
          later("vector_store", vectorStore(), "vector stores"));

  private StoreSchema() {}

  private static Keys semanticCache() {
    return loose(
        "enabled backend_type max_entries ttl_seconds eviction_policy similarity_threshold"
            + " embedding_model required",
        runs("redis", keyValueCache()),
        runs("valkey", keyValueCache()),
        runs("milvus", milvusCache()),
        runs("qdrant", loose("host port api_key use_tls connect_timeout collection_name")));
  }

  private static Keys keyValueCache() {
    return keys(
        runs("connection", loose("host port database password timeout", runs("tls", TLS))),
        runs(
            "index",
            loose(
                "name prefix index_type",
                runs("vector_field", VECTOR_FIELD),
                runs("params", loose("M efConstruction")))),
        runs("search", loose("topk")),
        runs("development", loose("drop_index_on_startup auto_create_index verbose_errors")),
        runs("logging", LOGGING));
  }

  private static Keys milvusCache() {
    Keys connection =
        loose(
            "host port database timeout",
            runs("auth", loose("enabled username password")),
            runs("tls", TLS));
    Keys collection =
        loose(
            "name description",
            runs("vector_field", VECTOR_FIELD),
            runs("index", loose("type", runs("params", loose("M efConstruction")))));
    Keys performance =
        keys(
            runs("connection_pool", loose("max_connections max_idle_connections acquire_timeout")),
            runs("batch", loose("insert_batch_size timeout")));
    Keys dataManagement =
        keys(
            runs("ttl", loose("enabled timestamp_field cleanup_interval")),
            runs("compaction", loose("enabled interval")));
    return keys(
        runs("connection", connection),
        runs("collection", collection),
        runs("search", loose("topk consistency_level", runs("params", loose("ef")))),
        runs("performance", performance),
        runs("data_management", dataManagement),
        runs("logging", LOGGING),
        runs(
            "development",
            loose("drop_collection_on_startup auto_create_collection verbose_errors")));
  }

  private static Keys memory() {
    Keys valkey =
        loose(
            "host port database password timeout collection_prefix index_name dimension"
                + " metric_type index_m index_ef_construction tls_enabled tls_ca_path"
                + " tls_insecure_skip_verify");
    return loose(
        "enabled backend auto_store disabled_routes disabled_models embedding_model"
            + " extraction_batch_size default_retrieval_limit default_similarity_threshold"
            + " hybrid_search hybrid_mode adaptive_threshold required",
        runs("milvus", loose("address collection dimension num_partitions")),
        runs("valkey", valkey),
        runs("qdrant", loose("host port api_key use_tls connect_timeout collection dimension")),
        runs("redis_cache", loose("enabled address ttl_seconds db key_prefix password")),
        runs(
            "quality_scoring",
            loose("initial_strength_days prune_threshold max_memories_per_user")),
        runs(
            "reflection",
            loose(
                "enabled algorithm max_inject_tokens recency_decay_days dedup_threshold"
                    + " block_patterns")));
  }

  private static Keys vectorStore() {
    return loose(
        "enabled backend_type file_storage_dir max_file_size_mb embedding_model"
            + " embedding_dimension ingestion_workers supported_formats metadata_store milvus"
            + " valkey qdrant required",
        runs("metadata_postgres", POSTGRES),
        runs("memory", loose("max_entries_per_store")),
        runs(
            "llama_stack",
            loose("endpoint auth_token embedding_model request_timeout_seconds search_type")));
  }
}
