package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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

  /** Scores of all documents in their order; 0 for those that share no word with the query. */
  public double[] scores(String query) {
    Map<String, Integer> terms = count(Terms.of(query));
    double[] scores = new double[documents.size()];
    for (int d = 0; d < scores.length; d++) {
      for (Map.Entry<String, Integer> term : terms.entrySet()) {
        Integer frequency = documents.get(d).get(term.getKey());
        if (frequency != null) {
          int times = Math.min(term.getValue(), OCCURRENCES_MAX);
          scores[d] += times * idf(term.getKey()) * saturation(frequency, lengths.get(d));
        }
      }
    }
    return scores;
  }

  private double idf(String term) {
    double n = documentsByTerm.getOrDefault(term, 0);
    return Math.log(1 + (documents.size() - n + 0.5) / (n + 0.5));
  }

  private double saturation(int frequency, int length) {
    return frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * length / averageLength));
  }

  private static Map<String, Integer> count(List<String> terms) {
    Map<String, Integer> counts = new HashMap<>();
    terms.forEach(term -> counts.merge(term, 1, Integer::sum));
    return counts;
  }
}
