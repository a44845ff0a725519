package dev.gatun.inference.ffm;

import dev.gatun.inference.abi.gatun_h;
import java.util.List;
import java.util.Optional;

/**
 * One result a call shall compute, of known shape.
 *
 * @param kind GATUN_OUTPUT_*
 * @param layer of hidden states and embeddings, 0 for logits
 * @param task empty: of the model itself
 * @param sequences numbers of sequences, rising; empty: all
 */
public record Want(
    int kind,
    int layer,
    int rows,
    int columns,
    Optional<NativeTask> task,
    List<Integer> sequences) {

  private Want(int kind, int layer, int rows, int columns) {
    this(kind, layer, rows, columns, Optional.empty(), List.of());
  }

  /** The same of a task. */
  public Want of(NativeTask owner) {
    return new Want(kind, layer, rows, columns, Optional.of(owner), sequences);
  }

  /** The same for some sequences. */
  public Want some(List<Integer> numbers) {
    return new Want(kind, layer, rows, columns, task, List.copyOf(numbers));
  }

  /** Hidden states of a layer, 0 … layers. */
  public static Want hidden(int layer, int rows, int columns) {
    return new Want(gatun_h.GATUN_OUTPUT_HIDDEN(), layer, rows, columns);
  }

  /** Hidden states after the last layer and the final norm. */
  public static Want finalHidden(int rows, int columns) {
    return hidden(gatun_h.GATUN_LAYER_FINAL(), rows, columns);
  }

  /** Pooled vectors of the whole model (layer 0) or of one stopped after a layer, 1 … layers. */
  public static Want embedding(int layer, int rows, int columns) {
    return new Want(gatun_h.GATUN_OUTPUT_EMBEDDING(), layer, rows, columns);
  }

  /** Logits. */
  public static Want logits(int rows, int columns) {
    return new Want(gatun_h.GATUN_OUTPUT_LOGITS(), 0, rows, columns);
  }

  /** The same with another number of rows. */
  public Want sized(int count) {
    return new Want(kind, layer, count, columns, task, sequences);
  }

  int floats() {
    return Math.multiplyExact(rows, columns);
  }
}
