package dev.gatun.router.config;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Lengths of vectors: a store must hold those that the model it is filled with makes. Found out
 * late, a wrong one refuses every entry or, worse, compares parts of vectors.
 */
final class DimensionCheck {
  /** Longest vectors of the kinds of models. */
  private static final Map<String, Integer> LENGTHS =
      Map.of("bert", 384, "multimodal", 384, "gemma", 768, "mmbert", 768, "qwen3", 1024);

  /** Kinds that make no shorter ones. */
  private static final Map<String, Integer> FIXED = Map.of("bert", 384, "multimodal", 384);

  /** What fills a vector store that names no model. */
  private static final String VECTOR_MODEL = "bert";

  private static final String DIMENSION = "dimension";

  private DimensionCheck() {}

  static void of(Section global) {
    Section stores = global.section("stores");
    cache(stores.section("semantic_cache"));
    Section memory = stores.section("memory");
    Optional<String> model = memory.text("embedding_model");
    for (String backend : new String[] {"milvus", "valkey", "qdrant"}) {
      if (memory.text("backend").orElse("milvus").equals(backend)) {
        check(memory.section(backend), DIMENSION, model);
      }
    }
    vectors(stores.section("vector_store"));
    embedded(global.section("model_catalog").section("embeddings").section("semantic"));
  }

  private static void cache(Section cache) {
    Optional<String> model = cache.text("embedding_model");
    String backend = cache.text("backend_type").orElse("");
    switch (backend) {
      case "redis", "valkey" ->
          check(cache.section(backend).section("index").section("vector_field"), DIMENSION, model);
      case "milvus", "hybrid" ->
          check(
              cache.section("milvus").section("collection").section("vector_field"),
              DIMENSION,
              model);
      default -> {}
    }
  }

  private static void vectors(Section store) {
    Optional<String> usual =
        store.flag("enabled", false) ? Optional.of(VECTOR_MODEL) : Optional.empty();
    check(store, "embedding_dimension", store.text("embedding_model").or(() -> usual));
    OptionalInt length = whole(store, "embedding_dimension");
    Section field = store.section("milvus").section("collection").section("vector_field");
    OptionalInt held = whole(field, DIMENSION);
    boolean used = store.text("backend_type").orElse("").equals("milvus");
    if (used && length.isPresent() && held.isPresent() && !length.equals(held)) {
      field.unnoticed(
          DIMENSION,
          "the collection holds vectors of "
              + held.getAsInt()
              + " numbers, but embedding_dimension is "
              + length.getAsInt(),
          "write the same number in both places");
    }
  }

  private static void check(Section section, String key, Optional<String> model) {
    OptionalInt written = whole(section, key);
    Integer longest = LENGTHS.get(model.orElse(""));
    if (written.isEmpty() || written.getAsInt() == 0 || longest == null) {
      return;
    }
    int fixed = FIXED.getOrDefault(model.orElse(""), written.getAsInt());
    if (written.getAsInt() > longest || written.getAsInt() != fixed) {
      section.unnoticed(
          key,
          "vectors of "
              + model.orElse("")
              + " have "
              + longest
              + " numbers, not "
              + written.getAsInt(),
          "write " + longest + ", or name another embedding_model");
    }
  }

  /** The embedded model cannot make vectors longer than its own. */
  private static void embedded(Section semantic) {
    Section config = semantic.section("embedding_config");
    boolean bert =
        EmbeddingModelDecoder.isEmbedded(semantic) && !RemoteEmbeddingsDecoder.isChosen(config);
    OptionalInt target = config.integer("target_dimension");
    boolean named =
        config.word("model_type").orElse("").equals("bert")
            && semantic.text("bert_model_path").isPresent();
    if ((bert || named) && target.orElse(0) > 384) {
      config.warning(
          "target_dimension",
          "vectors of bert have 384 numbers, so there are no " + target.getAsInt(),
          "write at most 384");
    }
  }

  private static OptionalInt whole(Section section, String key) {
    long value = section.whole(key).orElse(0);
    return value > 0 && value <= Integer.MAX_VALUE
        ? OptionalInt.of((int) value)
        : OptionalInt.empty();
  }
}
