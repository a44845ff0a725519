package dev.gatun.router.config;

import dev.gatun.router.config.ModelNameReader.Place;
import dev.gatun.router.signal.Family;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Reads which sentence encoders of the user compare texts (spec config §7.5, signals §0.5): {@code
 * model_type} says which of the paths counts, and {@code preference.embedding_model} names a type,
 * or a model, for preference rules.
 */
final class EmbeddingModelDecoder {
  /** The embedded sentence encoder is of this kind, so it needs no path. */
  private static final String EMBEDDED = "bert";

  /** Upstream's when nothing is written; the only kind that can stop at an inner layer. */
  private static final String MATRYOSHKA = "mmbert";

  private static final String TYPE = "model_type";
  private static final String LAYER = "target_layer";
  private static final String TASK = "embedding";
  private static final String PREFERENCE_MODEL = "embedding_model";

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
  private final Section preference;
  private final ModelNameReader reader;

  private EmbeddingModelDecoder(Section catalog, ModelNameReader reader) {
    this.semantic = catalog.section("embeddings").section("semantic");
    this.config = semantic.section("embedding_config");
    this.preference = catalog.section("modules").section("classifier").section("preference");
    this.reader = reader;
  }

  /** Whether a file leaves the comparing of texts to the embedded encoder. */
  static boolean isEmbedded(Section semantic) {
    return semantic
        .section("embedding_config")
        .word(TYPE)
        .map(type -> type.equals(EMBEDDED) && semantic.text("bert_model_path").isEmpty())
        .orElseGet(() -> KINDS.stream().allMatch(kind -> semantic.text(kind.key).isEmpty()));
  }

  /** The encoder that is used in place of the embedded one, and that of preference rules alone. */
  static List<OwnModel> read(Section catalog, ModelNameReader reader) {
    EmbeddingModelDecoder decoder = new EmbeddingModelDecoder(catalog, reader);
    Optional<Kind> chosen = decoder.chosen();
    decoder.layerIsFor(chosen);
    decoder.unasked(chosen);
    return Stream.of(chosen.flatMap(decoder::own), decoder.ofPreferences(chosen))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Empty where the encoder of all other texts compares those of preferences, too. */
  private Optional<OwnModel> ofPreferences(Optional<Kind> ofAll) {
    Optional<String> name = preference.text(PREFERENCE_MODEL);
    Optional<Kind> kind = name.flatMap(EmbeddingModelDecoder::kind);
    boolean isOfAll =
        kind.isPresent()
            && !RemoteEmbeddingsDecoder.isChosen(config)
            && kind.get().word.equals(ofAll.map(Kind::word).orElse(EMBEDDED));
    if (name.isEmpty() || isOfAll) {
      return Optional.empty();
    }
    Optional<String> folder =
        kind.isPresent()
            ? ofKind(kind.get())
            : reader.asked(
                new Place(preference, PREFERENCE_MODEL), Optional.of(TASK), Optional.empty());
    return folder.map(model ->
        new OwnModel(
            Family.PREFERENCE,
            Optional.of(model),
            Optional.empty(),
            kind.flatMap(Kind::architecture),
            OptionalInt.empty()));
  }

  private Optional<String> ofKind(Kind kind) {
    if (semantic.text(kind.key).isEmpty()) {
      preference.notRun(
          PREFERENCE_MODEL,
          "no model of the type " + kind.word + " is named",
          "write global.model_catalog.embeddings.semantic."
              + kind.key
              + "; --allow-unsupported starts with the model that compares all other texts");
      return Optional.empty();
    }
    return reader.asked(new Place(semantic, kind.key), Optional.of(TASK), kind.architecture);
  }

  private static Optional<Kind> kind(String word) {
    return KINDS.stream().filter(kind -> kind.word.equalsIgnoreCase(word)).findFirst();
  }

  /** The kind that is asked for; empty for the embedded encoder, or one of another process. */
  private Optional<Kind> chosen() {
    if (RemoteEmbeddingsDecoder.isChosen(config)) {
      return Optional.empty();
    }
    Optional<String> type = config.word(TYPE);
    if (type.isPresent()) {
      return kind(type.get());
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
    Optional<Kind> preferred =
        preference.text(PREFERENCE_MODEL).flatMap(EmbeddingModelDecoder::kind);
    for (Kind kind : KINDS) {
      boolean isAsked = chosen.equals(Optional.of(kind)) || preferred.equals(Optional.of(kind));
      if (!isAsked && semantic.text(kind.key).isPresent()) {
        reader.name(new Place(semantic, kind.key), TASK);
        semantic.warning(
            kind.key,
            "this key has no effect: another model compares texts",
            "remove it, or write model_type: " + kind.word);
      }
    }
  }
}
