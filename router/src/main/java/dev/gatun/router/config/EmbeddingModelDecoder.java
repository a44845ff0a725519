package dev.gatun.router.config;

import dev.gatun.router.config.ModelNameReader.Place;
import dev.gatun.router.signal.Family;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads which sentence encoder of the user compares texts (spec config §7.5): {@code model_type}
 * says which of the paths counts.
 */
final class EmbeddingModelDecoder {
  /** The embedded sentence encoder is of this kind, so it needs no path. */
  private static final String EMBEDDED = "bert";

  /** Upstream's when nothing is written; the only kind that can stop at an inner layer. */
  private static final String MATRYOSHKA = "mmbert";

  private static final String TYPE = "model_type";
  private static final String LAYER = "target_layer";
  private static final String TASK = "embedding";

  /**
   * A kind of encoder.
   *
   * @param word of {@code model_type}
   * @param key that names a model of the kind
   * @param architecture of its models, in the word of the encoder; empty for any
   */
  private record Kind(String word, String key, Optional<String> architecture) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind(MATRYOSHKA, "mmbert_model_path", Optional.of("modernbert")),
          new Kind("qwen3", "qwen3_model_path", Optional.of("qwen3")),
          new Kind("gemma", "gemma_model_path", Optional.of("gemma3")),
          new Kind(EMBEDDED, "bert_model_path", Optional.of("bert")),
          new Kind("multimodal", "multimodal_model_path", Optional.empty()));

  private final Section semantic;
  private final Section config;
  private final ModelNameReader reader;

  private EmbeddingModelDecoder(Section semantic, ModelNameReader reader) {
    this.semantic = semantic;
    this.config = semantic.section("embedding_config");
    this.reader = reader;
  }

  /** The encoder that is used in place of the embedded one; empty when that one is. */
  static Optional<OwnModel> read(Section catalog, ModelNameReader reader) {
    EmbeddingModelDecoder decoder =
        new EmbeddingModelDecoder(catalog.section("embeddings").section("semantic"), reader);
    Optional<Kind> chosen = decoder.chosen();
    decoder.layerIsFor(chosen);
    decoder.unasked(chosen);
    return chosen.flatMap(decoder::own);
  }

  /** The kind that is asked for; empty for the embedded encoder, or one of another process. */
  private Optional<Kind> chosen() {
    if (RemoteEmbeddingsDecoder.isChosen(config)) {
      return Optional.empty();
    }
    Optional<String> type = config.word(TYPE).map(word -> word.toLowerCase(Locale.ROOT));
    if (type.isPresent()) {
      return KINDS.stream().filter(kind -> type.get().equals(kind.word)).findFirst();
    }
    List<Kind> written =
        KINDS.stream().filter(kind -> semantic.text(kind.key).isPresent()).toList();
    if (written.size() > 1 && !written.getFirst().word.equals(MATRYOSHKA)) {
      semantic.unnoticed(
          written.get(1).key,
          "several models are named, and nothing says which of them compares texts",
          "write embedding_config: {model_type: " + written.get(1).word + "} beside it");
    }
    return written.stream().findFirst();
  }

  private Optional<OwnModel> own(Kind kind) {
    if (semantic.text(kind.key).isEmpty()) {
      if (!kind.word.equals(EMBEDDED)) {
        config.notRun(
            TYPE,
            "no model of the type " + kind.word + " is named",
            "write " + kind.key + " above it; --allow-unsupported starts with the embedded model");
      }
      return Optional.empty();
    }
    return reader
        .asked(new Place(semantic, kind.key), Optional.of(TASK), kind.architecture)
        .map(folder ->
            new OwnModel(
                Family.EMBEDDING,
                Optional.of(folder),
                Optional.empty(),
                kind.architecture,
                kind.word.equals(MATRYOSHKA) ? layer() : OptionalInt.empty()));
  }

  private OptionalInt layer() {
    OptionalInt layer = config.integer(LAYER);
    return layer.orElse(0) < 1 ? OptionalInt.empty() : layer;
  }

  private void layerIsFor(Optional<Kind> chosen) {
    boolean stops = chosen.filter(kind -> kind.word.equals(MATRYOSHKA)).isPresent();
    if (layer().isPresent() && !stops) {
      config.warning(
          LAYER,
          "this key has no effect: only models of the type mmbert stop at an inner layer",
          "remove it");
    }
  }

  /** Paths of models that are not asked. */
  private void unasked(Optional<Kind> chosen) {
    for (Kind kind : KINDS) {
      if (!chosen.equals(Optional.of(kind)) && semantic.text(kind.key).isPresent()) {
        reader.name(new Place(semantic, kind.key), TASK);
        semantic.warning(
            kind.key,
            "this key has no effect: another model compares texts",
            "remove it, or write model_type: " + kind.word);
      }
    }
  }
}
