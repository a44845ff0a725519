package dev.gatun.bench.report;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How many times longer a peer takes: the median over the rounds of its median time divided by ours
 * in the same round.
 *
 * @param precision ours
 * @param rounds in which both were measured
 */
public record Ratio(
    String peer,
    String precision,
    String model,
    int length,
    int batch,
    int tasks,
    double peerOverGatun,
    int rounds) {

  void write(ObjectNode node) {
    node.put("peer", peer).put("precision", precision).put("model", model);
    node.put("length", length).put("batch", batch).put("tasks", tasks);
    node.put("peer_over_gatun", Math.round(peerOverGatun * 1e3) / 1e3).put("rounds", rounds);
  }
}
