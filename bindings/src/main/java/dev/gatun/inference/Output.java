package dev.gatun.inference;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

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
   * Pooled vectors, one row of {@code embeddingSize} per sequence, L2-normalised where the model
   * is.
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

  /**
   * A result of a task instead of the model itself.
   *
   * @param output one of the three above
   */
  record OfTask(EncoderTask task, Output output) implements Output {
    public OfTask {
      if (output instanceof OfTask || output instanceof Some) {
        throw new IllegalArgumentException("a task's result is hidden states, embedding or logits");
      }
    }
  }

  /**
   * A result for some of the batch's sequences only, in their order.
   *
   * @param sequences numbers of sequences, rising, at least one
   */
  record Some(Output output, List<Integer> sequences) implements Output {
    public Some {
      sequences = List.copyOf(sequences);
      if (output instanceof Some || sequences.isEmpty()) {
        throw new IllegalArgumentException("some sequences of a result, and at least one");
      }
      for (int i = 0; i < sequences.size(); i++) {
        if (sequences.get(i) < 0 || (i > 0 && sequences.get(i) <= sequences.get(i - 1))) {
          throw new IllegalArgumentException(sequences + ": rising numbers from 0 expected");
        }
      }
    }
  }

  /** Whether the result has a row per token; otherwise it has a row per sequence. */
  default boolean perToken(ModelInfo info) {
    return switch (this) {
      case Hidden _ -> true;
      case Embedding _ -> false;
      case Logits() -> info.head() == Head.TOKEN;
      case OfTask(var task, var output) -> output.perToken(info.under(task.info()));
      case Some(var output, _) -> output.perToken(info);
    };
  }

  /** Width of the result. */
  default int columns(ModelInfo info) {
    return switch (this) {
      case Hidden _ -> info.hiddenSize();
      case Embedding _ -> info.embeddingSize();
      case Logits() -> info.labels();
      case OfTask(var task, var output) -> output.columns(info.under(task.info()));
      case Some(var output, _) -> output.columns(info);
    };
  }

  /** Rows of the result for a batch. */
  default int rows(ModelInfo info, TokenBatch batch) {
    boolean perToken = perToken(info);
    return switch (this) {
      case Hidden _, Embedding _, Logits(), OfTask _ ->
          perToken ? batch.tokens() : batch.sequences();
      case Some(_, var sequences) ->
          perToken ? sequences.stream().mapToInt(batch::length).sum() : sequences.size();
    };
  }

  /** Numbers of the sequences it is about, rising. */
  default IntStream sequences(TokenBatch batch) {
    return this instanceof Some some
        ? some.sequences().stream().mapToInt(Integer::intValue)
        : IntStream.range(0, batch.sequences());
  }

  /** The same result for all sequences of a batch. */
  default Output ofAll() {
    return this instanceof Some some ? some.output() : this;
  }

  /** The same result of a task. */
  default Output of(EncoderTask task) {
    return new OfTask(task, this);
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
