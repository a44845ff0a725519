package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Similarity of keywords to the words of a text, and to the whole text, by shared runs of
 * characters: with A the size of the union and S of the intersection, (A² − (A−S)²)/A².
 */
public final class Ngrams {
  /** Most keywords that one word may bring up. */
  private static final int HITS_MAX = 10;

  private final List<Grams> keywords;
  private final int arity;
  private final boolean caseSensitive;

  /**
   * Prepares keywords.
   *
   * @param arity characters per run, at least 2
   */
  public Ngrams(List<String> keywords, int arity, boolean caseSensitive) {
    if (arity < 2) {
      throw new IllegalArgumentException("arity must be at least 2, got " + arity);
    }
    this.arity = arity;
    this.caseSensitive = caseSensitive;
    this.keywords = keywords.stream().map(this::grams).toList();
  }

  /**
   * Per keyword the similarity of the first probe that reached the threshold, NaN where none did.
   * Probes are the words of the text in order, then, unless all keywords were found, the text.
   */
  public double[] similarities(String text, double threshold) {
    double[] found = new double[keywords.size()];
    Arrays.fill(found, Double.NaN);
    for (String word : words(text)) {
      probe(word, threshold, found);
    }
    for (double similarity : found) {
      if (Double.isNaN(similarity)) {
        probe(text, threshold, found);
        break;
      }
    }
    return found;
  }

  private void probe(String text, double threshold, double[] found) {
    Grams probe = grams(text);
    List<Hit> hits = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      double similarity = similarity(keywords.get(i), probe);
      if (similarity >= threshold) {
        hits.add(new Hit(i, similarity));
      }
    }
    hits.sort(Comparator.comparingDouble(Hit::similarity).reversed());
    for (Hit hit : hits.subList(0, Math.min(HITS_MAX, hits.size()))) {
      if (Double.isNaN(found[hit.keyword])) {
        found[hit.keyword] = hit.similarity;
      }
    }
  }

  private static double similarity(Grams a, Grams b) {
    int shared = 0;
    for (Map.Entry<String, Integer> gram : a.counts.entrySet()) {
      shared += Math.min(gram.getValue(), b.counts.getOrDefault(gram.getKey(), 0));
    }
    double all = a.size + b.size - shared;
    double apart = all - shared;
    return (all * all - apart * apart) / (all * all);
  }

  private Grams grams(String text) {
    String folded = caseSensitive ? text : text.toLowerCase(Locale.ROOT);
    String padding = " ".repeat(arity - 1);
    int[] characters = (padding + folded + padding).codePoints().toArray();
    Map<String, Integer> counts = new HashMap<>();
    int size = characters.length - arity + 1;
    for (int i = 0; i < size; i++) {
      counts.merge(new String(characters, i, arity), 1, Integer::sum);
    }
    return new Grams(counts, size);
  }

  /** Runs of letters, digits, hyphens and underscores. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (Character.isLetterOrDigit(c) || c == '_' || c == '-') {
            word.appendCodePoint(c);
          } else if (!word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
          }
        });
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  private record Grams(Map<String, Integer> counts, int size) {}

  private record Hit(int keyword, double similarity) {}
}
