package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.all;
import static dev.gatun.router.config.Shape.and;
import static dev.gatun.router.config.Shape.atLeast;
import static dev.gatun.router.config.Shape.count;
import static dev.gatun.router.config.Shape.flag;
import static dev.gatun.router.config.Shape.keys;
import static dev.gatun.router.config.Shape.later;
import static dev.gatun.router.config.Shape.runs;
import static dev.gatun.router.config.Shape.share;
import static dev.gatun.router.config.Shape.text;
import static dev.gatun.router.config.Shape.texts;
import static dev.gatun.router.config.Shape.unchecked;
import static dev.gatun.router.config.Shape.whole;
import static dev.gatun.router.config.Shape.word;

import dev.gatun.router.config.Shape.Field;
import dev.gatun.router.config.Shape.Keys;
import java.util.Arrays;

/** Keys under {@code global.stores}. */
final class StoreSchema {
  private static final Field[] PORT = unchecked(whole(0, 65535), "port");

  static final Keys POSTGRES =
      keys(
          all(text(), "host database user password ssl_mode table_name"),
          PORT,
          unchecked(count(), "max_open_conns max_idle_conns conn_max_lifetime"));

  private static final Keys TLS =
      keys(all(flag(), "enabled"), all(text(), "cert_file key_file ca_file"));
  private static final Keys VECTOR_FIELD =
      keys(all(text(), "name metric_type"), unchecked(count(), "dimension"));
  private static final Keys LOGGING =
      keys(all(text(), "level"), all(flag(), "enable_query_log enable_metrics"));
  private static final Keys GRAPH = keys(unchecked(count(), "M efConstruction"));

  static final Keys STORES =
      keys(
          later("semantic_cache", semanticCache(), "the semantic cache"),
          later("memory", memory(), "memory"),
          later("vector_store", vectorStore(), "vector stores"));

  private StoreSchema() {}

  private static Keys semanticCache() {
    return keys(
        all(flag(), "enabled required"),
        unchecked(word("memory", "redis", "valkey", "milvus", "qdrant", "hybrid"), "backend_type"),
        unchecked(count(), "max_entries ttl_seconds"),
        unchecked(word("fifo", "lru", "lfu"), "eviction_policy"),
        unchecked(share(), "similarity_threshold"),
        all(text(), "embedding_model"),
        and(
            runs("redis", keyValueCache()),
            runs("valkey", keyValueCache()),
            runs("milvus", milvus()),
            runs("qdrant", qdrant("collection_name"))));
  }

  /** A Qdrant server, and what names the collection in it. */
  private static Keys qdrant(String collection) {
    return keys(
        all(text(), "host api_key"),
        PORT,
        all(flag(), "use_tls"),
        unchecked(count(), "connect_timeout"),
        all(text(), collection));
  }

  private static Keys keyValueCache() {
    return keys(
        runs(
            "connection",
            keys(
                all(text(), "host password"),
                PORT,
                unchecked(count(), "database timeout"),
                and(runs("tls", TLS)))),
        runs(
            "index",
            keys(
                all(text(), "name prefix index_type"),
                and(runs("vector_field", VECTOR_FIELD), runs("params", GRAPH)))),
        runs("search", keys(unchecked(count(), "topk"))),
        runs(
            "development",
            keys(all(flag(), "drop_index_on_startup auto_create_index verbose_errors"))),
        runs("logging", LOGGING));
  }

  private static Keys milvus() {
    Keys connection =
        keys(
            all(text(), "host database"),
            PORT,
            unchecked(count(), "timeout"),
            and(
                runs("auth", keys(all(flag(), "enabled"), all(text(), "username password"))),
                runs("tls", TLS)));
    Keys collection =
        keys(
            runs("name", text()),
            runs("description", text()),
            runs("vector_field", VECTOR_FIELD),
            runs("index", keys(runs("type", text()), runs("params", GRAPH))));
    Keys performance =
        keys(
            runs(
                "connection_pool",
                keys(unchecked(count(), "max_connections max_idle_connections acquire_timeout"))),
            runs("batch", keys(unchecked(count(), "insert_batch_size timeout"))));
    Keys dataManagement =
        keys(
            runs(
                "ttl",
                keys(
                    all(flag(), "enabled"),
                    all(text(), "timestamp_field"),
                    unchecked(count(), "cleanup_interval"))),
            runs("compaction", keys(all(flag(), "enabled"), unchecked(count(), "interval"))));
    return keys(
        runs("connection", connection),
        runs("collection", collection),
        runs(
            "search",
            keys(
                unchecked(count(), "topk"),
                all(text(), "consistency_level"),
                and(runs("params", keys(unchecked(count(), "ef")))))),
        runs("performance", performance),
        runs("data_management", dataManagement),
        runs("logging", LOGGING),
        runs(
            "development",
            keys(all(flag(), "drop_collection_on_startup auto_create_collection verbose_errors"))));
  }

  /** How memories are chosen and shortened; the plugin has the same keys. */
  static Keys reflection() {
    return keys(
        all(flag(), "enabled"),
        all(text(), "algorithm"),
        unchecked(count(), "max_inject_tokens"),
        unchecked(atLeast(0), "recency_decay_days"),
        unchecked(share(), "dedup_threshold"),
        all(texts(), "block_patterns"));
  }

  private static Keys memory() {
    return keys(
        all(flag(), "enabled auto_store hybrid_search adaptive_threshold required"),
        unchecked(word("milvus", "valkey", "qdrant", "memory", "lucene"), "backend"),
        all(texts(), "disabled_routes disabled_models"),
        all(text(), "embedding_model hybrid_mode"),
        unchecked(count(), "extraction_batch_size default_retrieval_limit"),
        unchecked(share(), "default_similarity_threshold"),
        and(
            runs(
                "milvus",
                keys(
                    all(text(), "address collection"),
                    unchecked(count(), "dimension num_partitions"))),
            runs(
                "valkey",
                valkey(
                    unchecked(count(), "timeout dimension"),
                    all(text(), "index_name tls_ca_path"),
                    all(flag(), "tls_enabled tls_insecure_skip_verify"))),
            runs(
                "qdrant",
                keys(
                    all(text(), "host api_key collection"),
                    PORT,
                    all(flag(), "use_tls"),
                    unchecked(count(), "connect_timeout dimension"))),
            runs(
                "redis_cache",
                keys(
                    all(flag(), "enabled"),
                    all(text(), "address key_prefix password"),
                    unchecked(count(), "ttl_seconds db"))),
            runs(
                "quality_scoring",
                keys(
                    unchecked(atLeast(0), "initial_strength_days"),
                    unchecked(count(), "max_memories_per_user"),
                    unchecked(share(), "prune_threshold"))),
            runs("reflection", reflection())));
  }

  /** A Valkey server, and the keys that only one of its users has. */
  private static Keys valkey(Field[]... more) {
    Field[] shared =
        keys(
                all(text(), "host password collection_prefix metric_type"),
                PORT,
                unchecked(count(), "database index_m index_ef_construction"))
            .fields()
            .values()
            .toArray(Field[]::new);
    Field[] own = Arrays.stream(more).flatMap(Arrays::stream).toArray(Field[]::new);
    return keys(shared, own);
  }

  private static Keys vectorStore() {
    return keys(
        all(flag(), "enabled required"),
        unchecked(word("memory", "milvus", "llama_stack", "valkey", "qdrant"), "backend_type"),
        all(text(), "file_storage_dir embedding_model"),
        unchecked(count(), "max_file_size_mb embedding_dimension ingestion_workers"),
        all(texts(), "supported_formats"),
        unchecked(word("memory", "postgres"), "metadata_store"),
        and(
            runs("milvus", milvus()),
            runs("valkey", valkey(unchecked(count(), "connect_timeout"))),
            runs("qdrant", qdrant("collection_prefix")),
            runs("metadata_postgres", POSTGRES),
            runs("memory", keys(unchecked(count(), "max_entries_per_store"))),
            runs(
                "llama_stack",
                keys(
                    all(text(), "endpoint auth_token embedding_model"),
                    unchecked(count(), "request_timeout_seconds"),
                    unchecked(word("vector", "hybrid"), "search_type")))));
  }
}
