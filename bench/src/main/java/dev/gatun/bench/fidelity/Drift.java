package dev.gatun.bench.fidelity;

import dev.gatun.bench.measure.Centred;
import java.util.List;

/**
 * How far the outputs of one precision are from those of fp32.
 *
 * @param cosineMean over all sentences
 * @param cosineMin of the worst sentence
 * @param pairDriftMean by how much the cosine of two sentences moves, over all pairs
 * @param pairDriftMax of the worst pair
 */
record Drift(double cosineMean, double cosineMin, double pairDriftMean, double pairDriftMax) {

  /**
   * Compares output by output.
   *
   * @param reference fp32, one vector per sentence: embeddings, or logits less their mean
   * @param outputs as many
   */
  static Drift between(List<double[]> reference, List<double[]> outputs) {
    List<double[]> from = reference.stream().map(Centred::unit).toList();
    List<double[]> to = outputs.stream().map(Centred::unit).toList();
    double sum = 0;
    double min = 1;
    for (int i = 0; i < from.size(); i++) {
      double cosine = Centred.dot(from.get(i), to.get(i));
      sum += cosine;
      min = Math.min(min, cosine);
    }
    double drift = 0;
    double worst = 0;
    for (int i = 0; i < from.size(); i++) {
      for (int j = 0; j < from.size(); j++) {
        double moved =
            Math.abs(Centred.dot(to.get(i), to.get(j)) - Centred.dot(from.get(i), from.get(j)));
        drift += moved;
        worst = Math.max(worst, moved);
      }
    }
    double count = from.size();
    return new Drift(sum / count, min, drift / (count * count), worst);
  }
}
