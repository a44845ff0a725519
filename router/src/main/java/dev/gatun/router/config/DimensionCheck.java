package dev.gatun.router.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Lengths of vectors: a store must hold those that the model it is filled with makes. Found out
 * late, a wrong one refuses every entry or, worse, compares parts of vectors.
 */
final class DimensionCheck {
  /** Longest vectors of the kinds of models. */
  private static final Map<String, Integer> LENGTHS =
      Map.of("bert", 384, "multimodal", 384, "gemma", 768, "mmbert", 768, "qwen3", 1024);

  /** Kinds that make no shorter ones. */
  private static final Set<String> FIXED = Set.of("bert", "multimodal");

  /** What fills a vector store that names no model. */
  private static final String VECTOR_MODEL = "bert";

  /** Of the kinds whose path is written, this order says which fills a store. */
  private static final List<String> ORDER = List.of("mmbert", "multimodal", "qwen3", "gemma");

  private static final String DIMENSION = "dimension";

  /**
   * Vectors of an encoder.
   *
   * @param encoder what messages call it
   * @param longest how many numbers they have, unless they are shortened
   * @param shortens whether any part from the beginning on is a vector as well
   * @param target to what length the configuration has them shortened
   */
  private record Vectors(String encoder, int longest, boolean shortens, OptionalInt target) {
    boolean fit(int length) {
      boolean isTarget = length == target.orElse(longest);
      return length <= longest && (shortens || length == longest || isTarget);
    }

    int length() {
      return Math.min(longest, target.orElse(longest));
    }
  }

  private DimensionCheck() {}

  static void of(Section global) {
    Section semantic = global.section("model_catalog").section("embeddings").section("semantic");
    Optional<Vectors> usual = usual(semantic);
    Section stores = global.section("stores");
    cache(stores.section("semantic_cache"), usual);
    memory(stores.section("memory"), usual);
    vectors(stores.section("vector_store"));
    embedded(semantic);
  }

  /** Those of the encoder that compares all texts; empty when their length is not written. */
  private static Optional<Vectors> usual(Section semantic) {
    Section config = semantic.section("embedding_config");
    OptionalInt target = whole(config, "target_dimension");
    if (RemoteEmbeddingsDecoder.isChosen(config)) {
      return whole(config.section("remote"), "dimensions").stream()
          .mapToObj(length -> new Vectors("the remote encoder", length, false, target))
          .findFirst();
    }
    String kind =
        config
            .word("model_type")
            .or(() ->
                ORDER.stream()
                    .filter(written -> semantic.text(written + "_model_path").isPresent())
                    .findFirst())
            .orElse("bert");
    return ofKind(kind, target);
  }

  private static Optional<Vectors> ofKind(String kind, OptionalInt target) {
    return Optional.ofNullable(LENGTHS.get(kind))
        .map(length -> new Vectors(kind, length, !FIXED.contains(kind), target));
  }

  /** Those of the model that a store names, or else of what fills it without. */
  private static Optional<Vectors> filling(
      Section store, boolean isEnabled, Optional<Vectors> otherwise) {
    Optional<String> named = store.text("embedding_model");
    return named.isPresent()
        ? ofKind(named.get(), OptionalInt.empty())
        : otherwise.filter(_ -> isEnabled);
  }

  private static void cache(Section cache, Optional<Vectors> usual) {
    Optional<Vectors> vectors = filling(cache, cache.flag("enabled", true), usual);
    String backend = cache.text("backend_type").orElse("");
    switch (backend) {
      case "redis", "valkey" ->
          check(
              cache.section(backend).section("index").section("vector_field"), DIMENSION, vectors);
      case "milvus", "hybrid" ->
          check(
              cache.section("milvus").section("collection").section("vector_field"),
              DIMENSION,
              vectors);
      default -> {}
    }
  }

  private static void memory(Section memory, Optional<Vectors> usual) {
    Optional<Vectors> vectors = filling(memory, memory.flag("enabled", false), usual);
    for (String backend : new String[] {"milvus", "valkey", "qdrant"}) {
      if (memory.text("backend").orElse("milvus").equals(backend)) {
        check(memory.section(backend), DIMENSION, vectors);
      }
    }
  }

  private static void vectors(Section store) {
    Optional<Vectors> vectors =
        filling(store, store.flag("enabled", false), ofKind(VECTOR_MODEL, OptionalInt.empty()));
    check(store, "embedding_dimension", vectors);
    if (!store.text("backend_type").orElse("").equals("milvus")) {
      return;
    }
    OptionalInt length = whole(store, "embedding_dimension");
    Section field = store.section("milvus").section("collection").section("vector_field");
    OptionalInt held = whole(field, DIMENSION);
    if (length.isEmpty()) {
      check(field, DIMENSION, vectors);
    } else if (held.isPresent() && !length.equals(held)) {
      field.unnoticed(
          DIMENSION,
          "the collection holds vectors of "
              + held.getAsInt()
              + " numbers, but embedding_dimension is "
              + length.getAsInt(),
          "write the same number in both places");
    }
  }

  private static void check(Section section, String key, Optional<Vectors> filling) {
    OptionalInt written = whole(section, key);
    filling
        .filter(vectors -> written.isPresent() && !vectors.fit(written.getAsInt()))
        .ifPresent(vectors ->
            section.unnoticed(
                key,
                "vectors of "
                    + vectors.encoder
                    + " have "
                    + vectors.length()
                    + " numbers, not "
                    + written.getAsInt(),
                "write " + vectors.length() + ", or name another embedding_model"));
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
