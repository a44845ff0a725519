package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
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

  private final int documents;
  private final Map<String, Term> terms = new HashMap<>();
  private final Function<String, Map<String, Integer>> analysis;
  private final int occurrencesMax;

  /**
   * A word that documents have.
   *
   * @param rarity what its occurrence in the query weighs
   */
  private record Term(double rarity, List<Posting> postings) {}

  /**
   * A document that has the word.
   *
   * @param saturation what the word weighs in it
   */
  private record Posting(int document, double saturation) {}

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
    return new Bm25(texts, text -> count(Words.lowerCase(text)), k1, b, Integer.MAX_VALUE);
  }

  private Bm25(
      List<String> texts,
      Function<String, Map<String, Integer>> analysis,
      double k1,
      double b,
      int occurrencesMax) {
    this.documents = texts.size();
    this.analysis = analysis;
    this.occurrencesMax = occurrencesMax;
    List<Map<String, Integer>> read = texts.stream().map(analysis).toList();
    int total = read.stream().mapToInt(Bm25::length).sum();
    double averageLength = documents == 0 ? 0 : (double) total / documents;
    Map<String, List<Posting>> postings = new HashMap<>();
    for (int d = 0; d < documents; d++) {
      int document = d;
      int length = length(read.get(d));
      read.get(d)
          .forEach((term, frequency) ->
              postings
                  .computeIfAbsent(term, _ -> new ArrayList<>())
                  .add(
                      new Posting(
                          document, saturation(frequency, b * length / averageLength, k1, b))));
    }
    postings.forEach(
        (term, all) -> terms.put(term, new Term(idf(all.size(), documents), List.copyOf(all))));
  }

  /** Whether a text has no words that could ever be found. */
  public static boolean isEmpty(String text) {
    return Terms.of(text).isEmpty();
  }

  /**
   * A text read for several indexes of stems at once. Immutable.
   *
   * @param counts how often it has each of their words, in the order of first occurrence
   */
  public record Query(Map<String, Integer> counts) {
    /** Reads a text for these indexes alone. */
    public static Reader reader(Collection<Bm25> indexes) {
      Vocabulary vocabulary =
          new Vocabulary(indexes.stream().flatMap(i -> i.terms.keySet().stream()).toList());
      return text -> new Query(Terms.of(text, vocabulary));
    }
  }

  /** Makes queries. */
  @FunctionalInterface
  public interface Reader {
    Query read(String text);
  }

  /**
   * A document that shares a word with the query.
   *
   * @param document its index
   */
  public record Hit(int document, double score) {}

  /** The documents found, best first; of equal ones first the one whose word comes first. */
  public List<Hit> search(String query) {
    return search(new Query(analysis.apply(query)));
  }

  /** The same for a text that was read for this index. */
  public List<Hit> search(Query query) {
    Map<Integer, Double> scores = new LinkedHashMap<>();
    query.counts.forEach((word, count) -> {
      Term term = terms.get(word);
      if (term != null) {
        double weight = Math.min(count, occurrencesMax) * term.rarity;
        for (Posting posting : term.postings) {
          scores.merge(posting.document, weight * posting.saturation, Double::sum);
        }
      }
    });
    return scores.entrySet().stream()
        .map(entry -> new Hit(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingDouble(Hit::score).reversed())
        .toList();
  }

  private static double idf(double n, int documents) {
    return Math.log(1 + (documents - n + 0.5) / (n + 0.5));
  }

  /**
   * What a word weighs in a document.
   *
   * @param loss b times the length of the document by that of the average one
   */
  private static double saturation(int frequency, double loss, double k1, double b) {
    return frequency * (k1 + 1) / (frequency + k1 * (1 - b + loss));
  }

  private static int length(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How often each term occurs, in the order of first occurrence. */
  private static Map<String, Integer> count(List<String> terms) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    terms.forEach(term -> counts.merge(term, 1, Integer::sum));
    return counts;
  }
}
