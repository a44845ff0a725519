package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Relevance of short documents to a query (Robertson and Zaragoza 2009, Okapi BM25 with k1 = 1.2, b
 * = 0.75 and idf = ln(1 + (N − n + ½)/(n + ½))), summed over the query's words as often as they
 * occur.
 */
public final class Bm25 {
  private static final double K1 = 1.2;
  private static final double B = 0.75;

  /** A word repeated more often than this adds nothing more. */
  private static final int OCCURRENCES_MAX = 8;

  private final List<Map<String, Integer>> documents = new ArrayList<>();
  private final List<Integer> lengths = new ArrayList<>();
  private final Map<String, Integer> documentsByTerm = new HashMap<>();
  private final double averageLength;

  /**
   * Indexes documents.
   *
   * @param texts one document each
   */
  public Bm25(List<String> texts) {
    int total = 0;
    for (String text : texts) {
      List<String> terms = Terms.of(text);
      total += terms.size();
      lengths.add(terms.size());
      documents.add(count(terms));
      new HashSet<>(terms).forEach(term -> documentsByTerm.merge(term, 1, Integer::sum));
    }
    averageLength = texts.isEmpty() ? 0 : (double) total / texts.size();
  }

  /** Whether a text has no words that could ever be found. */
  public static boolean isEmpty(String text) {
    return Terms.of(text).isEmpty();
  }

  /**
   * A document that shares a word with the query.
   *
   * @param document its index
   */
  public record Hit(int document, double score) {}

  /** The documents found, best first; of equal ones first the one whose word comes first. */
  public List<Hit> search(String query) {
    Map<Integer, Double> scores = new LinkedHashMap<>();
    count(Terms.of(query))
        .forEach((term, count) -> {
          double weight = Math.min(count, OCCURRENCES_MAX) * idf(term);
          for (int d = 0; d < documents.size(); d++) {
            Integer frequency = documents.get(d).get(term);
            if (frequency != null) {
              scores.merge(d, weight * saturation(frequency, lengths.get(d)), Double::sum);
            }
          }
        });
    return scores.entrySet().stream()
        .map(entry -> new Hit(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingDouble(Hit::score).reversed())
        .toList();
  }

  private double idf(String term) {
    double n = documentsByTerm.getOrDefault(term, 0);
    return Math.log(1 + (documents.size() - n + 0.5) / (n + 0.5));
  }

  private double saturation(int frequency, int length) {
    return frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * length / averageLength));
  }

  /** How often each term occurs, in the order of first occurrence. */
  private static Map<String, Integer> count(List<String> terms) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    terms.forEach(term -> counts.merge(term, 1, Integer::sum));
    return counts;
  }
}
