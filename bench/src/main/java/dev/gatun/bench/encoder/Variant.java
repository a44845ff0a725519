package dev.gatun.bench.encoder;

import dev.gatun.inference.Precision;
import java.util.ArrayList;
import java.util.List;

/**
 * A way to run the engine, in a process of its own.
 *
 * @param tier cap of the instruction set as GATUN_ISA names it; empty: the best there is
 */
record Variant(Precision precision, int threads, String tier) {

  /** Every precision with every number of threads and every tier. */
  static List<Variant> all(List<Precision> precisions, List<Integer> threads, List<String> tiers) {
    List<Variant> variants = new ArrayList<>();
    for (String tier : tiers) {
      for (int count : threads) {
        for (Precision precision : precisions) {
          variants.add(new Variant(precision, count, tier));
        }
      }
    }
    return List.copyOf(variants);
  }

  @Override
  public String toString() {
    return precision.word()
        + (threads == 1 ? ", 1 thread" : ", " + threads + " threads")
        + (tier.isEmpty() ? "" : ", " + tier);
  }
}
