package dev.gatun.inference;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * Facts about a loaded model.
 *
 * @param pooling of the sequence head, or of the embedding
 * @param normalized whether embeddings are L2-normalised
 * @param hiddenSize width of a hidden state
 * @param embeddingSize width of an embedding: hiddenSize, unless layers behind the pooling change
 *     it
 * @param vocabulary rows of the embedding table; ids are 0 … vocabulary − 1
 * @param positionsMax longest sequence in tokens, special tokens included
 * @param tokenTypes type ids are 0 … tokenTypes − 1; 0 when the model has none, and then type ids
 *     of a batch are ignored: tokenizers state them for every model
 * @param labels rows of the classifier, 0 without one
 * @param parameters weights of trunk and head
 * @param precision of the linear layers
 * @param residentBytes memory that only this model holds
 * @param mappedBytes of the cache's file, mapped read-only: shared by all that map it
 */
public record ModelInfo(
    Family family,
    Head head,
    Pooling pooling,
    boolean normalized,
    int hiddenSize,
    int embeddingSize,
    int layers,
    int attentionHeads,
    int vocabulary,
    int positionsMax,
    int tokenTypes,
    int labels,
    long parameters,
    Precision precision,
    long residentBytes,
    long mappedBytes) {

  /** Results of one call at most. */
  static final int OUTPUTS_MAX = 64;

  public ModelInfo {
    positive(hiddenSize, "hiddenSize");
    positive(embeddingSize, "embeddingSize");
    positive(layers, "layers");
    positive(attentionHeads, "attentionHeads");
    positive(vocabulary, "vocabulary");
    positive(positionsMax, "positionsMax");
    if (tokenTypes < 0 || labels < 0 || parameters < 0 || residentBytes < 0 || mappedBytes < 0) {
      throw new IllegalArgumentException("negative count in a model's facts");
    }
    if ((head == Head.NONE) != (labels == 0)) {
      throw new IllegalArgumentException("head " + head + " with " + labels + " labels");
    }
  }

  /** Memory for the weights, wherever it lies. */
  public long weightBytes() {
    return residentBytes + mappedBytes;
  }

  /**
   * Checks that a request fits the model.
   *
   * @throws IllegalArgumentException naming the first thing that does not
   */
  public void requireFits(TokenBatch batch, List<Output> outputs) {
    if (outputs.isEmpty() || outputs.size() > OUTPUTS_MAX) {
      throw new IllegalArgumentException(
          outputs.size() + " outputs: 1 … " + OUTPUTS_MAX + " expected");
    }
    outputs.forEach(output -> requireFits(output, batch));
    for (int i = 0; i < batch.sequences(); i++) {
      if (batch.length(i) > positionsMax) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "sequence %d has %d tokens: at most %d expected",
                i,
                batch.length(i),
                positionsMax));
      }
    }
    requireBelow("token id", batch.ids(), vocabulary);
    if (tokenTypes > 0 && batch.typeIds().length > 0) {
      requireTypes(batch, outputs);
    }
  }

  /** Types are rows of the table a sequence is read with; what nothing reads is the model's. */
  private void requireTypes(TokenBatch batch, List<Output> outputs) {
    BitSet byModel = new BitSet();
    BitSet byTask = new BitSet();
    for (Output output : outputs) {
      int own = output.ofAll() instanceof Output.OfTask(var task, _) ? task.info().tokenTypes() : 0;
      output.sequences(batch).forEach((own > 0 ? byTask : byModel)::set);
      if (own > 0) {
        output.sequences(batch).forEach(s -> requireTypes(batch, s, own));
      }
    }
    for (int s = 0; s < batch.sequences(); s++) {
      if (byModel.get(s) || !byTask.get(s)) {
        requireTypes(batch, s, tokenTypes);
      }
    }
  }

  private static void requireTypes(TokenBatch batch, int sequence, int count) {
    requireBelow("type id of sequence " + sequence, batch.types(sequence), count);
  }

  /** Facts about the same trunk under the head of a task. */
  public ModelInfo under(TaskInfo task) {
    return new ModelInfo(
        family,
        task.head(),
        task.pooling(),
        task.normalized(),
        hiddenSize,
        task.head() == Head.NONE ? embeddingSize : hiddenSize,
        layers,
        attentionHeads,
        vocabulary,
        positionsMax,
        task.tokenTypes() > 0 ? task.tokenTypes() : tokenTypes,
        task.labels(),
        parameters,
        precision,
        residentBytes,
        mappedBytes);
  }

  private void requireFits(Output output, TokenBatch batch) {
    switch (output) {
      case Output.Hidden(var layer) -> {
        if (layer.isPresent() && layer.getAsInt() > layers) {
          throw new IllegalArgumentException(
              "layer " + layer.getAsInt() + ": 0 … " + layers + " expected");
        }
      }
      case Output.Embedding(var layer) -> {
        if (pooling == Pooling.NONE) {
          throw new IllegalArgumentException(
              "an embedding of a model whose folder does not say how to pool (no modules.json)");
        }
        if (layer.isPresent() && layer.getAsInt() > layers) {
          throw new IllegalArgumentException(
              "layer " + layer.getAsInt() + ": 1 … " + layers + " expected");
        }
      }
      case Output.Logits() -> {
        if (head == Head.NONE) {
          throw new IllegalArgumentException("logits of a model without a classifier");
        }
      }
      case Output.OfTask(var task, var result) -> under(task.info()).requireFits(result, batch);
      case Output.Some(var result, var sequences) -> {
        if (sequences.getLast() >= batch.sequences()) {
          throw new IllegalArgumentException(
              "sequence " + sequences.getLast() + " of a batch of " + batch.sequences());
        }
        requireFits(result, batch);
      }
    }
  }

  private static void requireBelow(String name, int[] values, int end) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] >= end) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "%s %d at %d: 0 … %d expected", name, values[i], i, end - 1));
      }
    }
  }

  private static void positive(int value, String name) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ": at least 1 expected");
    }
  }
}
