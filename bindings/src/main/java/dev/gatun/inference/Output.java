package dev.gatun.inference;

import java.util.OptionalInt;

/** One result that a call to {@link EncoderModel#encode} computes. */
public sealed interface Output {

  /**
   * Hidden states, one row of {@code hiddenSize} per token.
   *
   * @param layer empty: after the last layer and the final norm; otherwise 0 … layers, where 0 is
   *     the embedding output and i the raw output of block i − 1
   */
  record Hidden(OptionalInt layer) implements Output {
    public Hidden {
      if (layer.isPresent() && layer.getAsInt() < 0) {
        throw new IllegalArgumentException("layer " + layer.getAsInt() + ": 0 or more expected");
      }
    }
  }

  /**
   * Pooled vectors, one row of {@code hiddenSize} per sequence, L2-normalised where the model is.
   *
   * @param layer empty: the whole model; otherwise 1 … layers, to stop after that many blocks and
   *     apply the final norm and the pooling there, as Matryoshka models allow
   */
  record Embedding(OptionalInt layer) implements Output {
    public Embedding {
      if (layer.isPresent() && layer.getAsInt() < 1) {
        throw new IllegalArgumentException("layer " + layer.getAsInt() + ": 1 or more expected");
      }
    }
  }

  /** Logits: one row of {@code labels} per sequence, or per token with a token head. */
  record Logits() implements Output {}

  /** Whether the result has a row per token; otherwise it has a row per sequence. */
  default boolean perToken(ModelInfo info) {
    return switch (this) {
      case Hidden _ -> true;
      case Embedding _ -> false;
      case Logits() -> info.head() == Head.TOKEN;
    };
  }

  /** Width of the result. */
  default int columns(ModelInfo info) {
    return switch (this) {
      case Hidden _, Embedding _ -> info.hiddenSize();
      case Logits() -> info.labels();
    };
  }

  /** Hidden states after the last layer and the final norm. */
  static Output hidden() {
    return new Hidden(OptionalInt.empty());
  }

  /** Hidden states of one layer, see {@link Hidden#layer()}. */
  static Output hidden(int layer) {
    return new Hidden(OptionalInt.of(layer));
  }

  /** Pooled vectors. */
  static Output embedding() {
    return new Embedding(OptionalInt.empty());
  }

  /** Pooled vectors of a model stopped early, see {@link Embedding#layer()}. */
  static Output embedding(int layer) {
    return new Embedding(OptionalInt.of(layer));
  }

  /** Logits of the classifier. */
  static Output logits() {
    return new Logits();
  }
}
