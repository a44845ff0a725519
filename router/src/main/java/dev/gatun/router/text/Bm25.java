package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Relevance of documents to a query (Robertson and Zaragoza 2009, Okapi BM25 with idf = ln(1 + (N −
 * n + ½)/(n + ½))), summed over the query's words as often as they occur.
 */
public final class Bm25 {
  private static final double K1 = 1.2;
  private static final double B = 0.75;

  /** A word repeated in a prompt more often than this adds nothing more. */
  private static final int OCCURRENCES_MAX = 8;

  private final List<Map<String, Integer>> documents = new ArrayList<>();
  private final List<Integer> lengths = new ArrayList<>();
  private final Map<String, Integer> documentsByTerm = new HashMap<>();
  private final double averageLength;
  private final Function<String, List<String>> analysis;
  private final double k1;
  private final double b;
  private final int occurrencesMax;

  /**
   * Indexes short documents by the stems of their words, with k1 = 1.2 and b = 0.75.
   *
   * @param texts one document each
   */
  public Bm25(List<String> texts) {
    this(texts, Terms::of, K1, B, OCCURRENCES_MAX);
  }

  /**
   * Indexes documents by their words as written, in lower case.
   *
   * @param texts one document each
   * @param k1 from where on a repeated word adds less, 0 or more
   * @param b how much long documents lose, 0 to 1
   */
  public static Bm25 ofWords(List<String> texts, double k1, double b) {
    return new Bm25(texts, Words::lowerCase, k1, b, Integer.MAX_VALUE);
  }

  private Bm25(
      List<String> texts,
      Function<String, List<String>> analysis,
      double k1,
      double b,
      int occurrencesMax) {
    this.analysis = analysis;
    this.k1 = k1;
    this.b = b;
    this.occurrencesMax = occurrencesMax;
    int total = 0;
    for (String text : texts) {
      List<String> terms = analysis.apply(text);
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
    count(analysis.apply(query))
        .forEach((term, count) -> {
          double weight = Math.min(count, occurrencesMax) * idf(term);
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
    return frequency * (k1 + 1) / (frequency + k1 * (1 - b + b * length / averageLength));
  }

  /** How often each term occurs, in the order of first occurrence. */
  private static Map<String, Integer> count(List<String> terms) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    terms.forEach(term -> counts.merge(term, 1, Integer::sum));
    return counts;
  }
}
