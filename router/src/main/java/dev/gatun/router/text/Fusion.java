package dev.gatun.router.text;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes one ranking of what vectors, words (BM25) and runs of characters found.
 *
 * @param vector weight of the vectors, 0 or more; only its share of the sum counts
 * @param bm25 weight of the words
 * @param ngram weight of the runs of characters
 * @param constant dampens the lead of the first ranks in {@link Mode#RRF}, above 0
 */
public record Fusion(Mode mode, double vector, double bm25, double ngram, int constant) {
  private static final int CONSTANT = 60;

  /** How scores become one. */
  public enum Mode {
    /** Weighted sum, with BM25 scaled to 0 to 1 between its least and its greatest score. */
    WEIGHTED,
    /** Sum of 1 / (constant + rank) (Cormack and others 2009). */
    RRF
  }

  public Fusion {
    if (!(vector >= 0 && bm25 >= 0 && ngram >= 0 && vector + bm25 + ngram > 0 && constant > 0)) {
      throw new IllegalArgumentException(
          "weights must be 0 or more and not all 0, and the constant above 0");
    }
  }

  /** As configured: weights that are all 0, and a constant of 0, stand for the usual ones. */
  public static Fusion of(Mode mode, double vector, double bm25, double ngram, int constant) {
    int used = constant > 0 ? constant : CONSTANT;
    return vector == 0 && bm25 == 0 && ngram == 0
        ? new Fusion(mode, 0.7, 0.2, 0.1, used)
        : new Fusion(mode, vector, bm25, ngram, used);
  }

  /** The scores of each source by the name of what it found. */
  public record Found(
      Map<String, Double> vector, Map<String, Double> bm25, Map<String, Double> ngram) {}

  /** A name and its score over all. */
  public record Ranked(String name, double score) {}

  /** Everything found, best first; of equal scores the first found. */
  public List<Ranked> rank(Found found) {
    Set<String> names = new LinkedHashSet<>(found.vector.keySet());
    names.addAll(found.bm25.keySet());
    names.addAll(found.ngram.keySet());
    Map<String, Double> scores =
        switch (mode) {
          case WEIGHTED -> weighted(names, found);
          case RRF -> byRank(names, found);
        };
    return sorted(scores);
  }

  private static List<Ranked> sorted(Map<String, Double> scores) {
    return scores.entrySet().stream()
        .map(entry -> new Ranked(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingDouble(Ranked::score).reversed())
        .toList();
  }

  private Map<String, Double> weighted(Set<String> names, Found found) {
    double sum = vector + bm25 + ngram;
    double min = words(found).min(Double::compare).orElse(0.0);
    double range = words(found).max(Double::compare).orElse(0.0) - min;
    Map<String, Double> scores = new LinkedHashMap<>();
    for (String name : names) {
      double own = found.bm25.getOrDefault(name, 0.0);
      // As in v0.3, what BM25 did not find counts as a score of 0 below the least one.
      double scaled = range > 0 ? (own - min) / range : own > 0 ? 1 : 0;
      double byVector = found.vector.getOrDefault(name, 0.0);
      double byNgram = found.ngram.getOrDefault(name, 0.0);
      scores.put(name, (vector * byVector + bm25 * scaled + ngram * byNgram) / sum);
    }
    return scores;
  }

  private static Stream<Double> words(Found found) {
    return found.bm25.values().stream().filter(score -> score != 0);
  }

  private Map<String, Double> byRank(Set<String> names, Found found) {
    Map<String, Double> scores = new LinkedHashMap<>();
    names.forEach(name -> scores.put(name, 0.0));
    for (Map<String, Double> source : List.of(found.vector, found.bm25, found.ngram)) {
      int rank = 1;
      for (Ranked ranked : sorted(source)) {
        scores.merge(ranked.name, 1.0 / (constant + rank), Double::sum);
        rank++;
      }
    }
    return scores;
  }
}
