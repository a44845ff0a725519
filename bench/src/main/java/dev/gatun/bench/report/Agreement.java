package dev.gatun.bench.report;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How near an engine's output on the bench ids is to fp32.
 *
 * @param reference the engine compared with
 * @param cosine of centred logits, or of embeddings
 */
public record Agreement(String engine, String reference, String model, int length, double cosine) {

  void write(ObjectNode node) {
    node.put("engine", engine).put("reference", reference).put("model", model);
    node.put("length", length).put("cosine", cosine);
  }
}
