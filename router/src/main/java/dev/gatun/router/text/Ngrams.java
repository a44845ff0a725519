package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Similarity of keywords to the words of a text, and to the whole text, by shared runs of
 * characters: with A the size of the union and S of the intersection, (A² − (A−S)²)/A².
 */
public final class Ngrams {
  /** Most keywords that one word may bring up. */
  private static final int HITS_MAX = 10;

  /** The general categories of numbers, each as a bit. */
  private static final int NUMBERS =
      1 << Character.DECIMAL_DIGIT_NUMBER
          | 1 << Character.LETTER_NUMBER
          | 1 << Character.OTHER_NUMBER;

  private final int arity;
  private final boolean caseSensitive;

  /** Runs of every keyword. */
  private final int[] sizes;

  /** The runs of all keywords as a tree, at whose leaves {@link #numbers} tells them apart. */
  private final EdgeTable tree;

  private final int[] numbers;
  private final List<List<Occurrence>> occurrences = new ArrayList<>();

  /**
   * Where a run occurs.
   *
   * @param count how often
   */
  private record Occurrence(int keyword, int count) {}

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
    List<String> padded = keywords.stream().map(this::padded).toList();
    int edgesMax = padded.stream().mapToInt(text -> text.length() * arity * 2).sum();
    tree = new EdgeTable(edgesMax);
    numbers = new int[edgesMax + 1];
    Arrays.fill(numbers, -1);
    sizes = new int[keywords.size()];
    int nodes = 1;
    for (int keyword = 0; keyword < sizes.length; keyword++) {
      nodes = add(keyword, padded.get(keyword), nodes);
    }
  }

  /** Adds the runs of a keyword to the tree and returns how many nodes it has then. */
  private int add(int keyword, String text, int nodesBefore) {
    int nodes = nodesBefore;
    int end = endOfRun(text, 0);
    for (int start = 0; end >= 0; start = next(text, start), end = endOfRun(text, start)) {
      sizes[keyword]++;
      int node = 0;
      for (int i = start; i < end; i++) {
        int child = tree.target(node, text.charAt(i));
        if (child < 0) {
          child = nodes++;
          tree.add(node, text.charAt(i), child);
        }
        node = child;
      }
      if (numbers[node] < 0) {
        numbers[node] = occurrences.size();
        occurrences.add(new ArrayList<>());
      }
      count(occurrences.get(numbers[node]), keyword);
    }
    return nodes;
  }

  private static void count(List<Occurrence> of, int keyword) {
    if (!of.isEmpty() && of.getLast().keyword == keyword) {
      of.set(of.size() - 1, new Occurrence(keyword, of.getLast().count + 1));
    } else {
      of.add(new Occurrence(keyword, 1));
    }
  }

  /**
   * Per keyword the similarity of the first probe that reached the threshold, NaN where none did.
   * Probes are the words of the text in order, then, unless all keywords were found, the text.
   */
  public double[] similarities(String text, double threshold) {
    double[] found = new double[sizes.length];
    Arrays.fill(found, Double.NaN);
    // The same word once more brings up the same keywords.
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
    int[] counts = new int[occurrences.size()];
    int size = countRuns(padded(text), counts);
    int[] shared = shared(counts);
    List<Hit> hits = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      double similarity = similarity(shared[i], sizes[i] + size);
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

  /** How many runs a text has; counts those that keywords have as well. */
  private int countRuns(String text, int[] counts) {
    int size = 0;
    int end = endOfRun(text, 0);
    for (int start = 0; end >= 0; start = next(text, start), end = endOfRun(text, start)) {
      size++;
      int node = 0;
      for (int i = start; i < end && node >= 0; i++) {
        node = tree.target(node, text.charAt(i));
      }
      if (node >= 0) {
        counts[numbers[node]]++;
      }
    }
    return size;
  }

  /** Per keyword how many runs it has in common with a text. */
  private int[] shared(int[] counts) {
    int[] shared = new int[sizes.length];
    for (int run = 0; run < counts.length; run++) {
      if (counts[run] > 0) {
        for (Occurrence occurrence : occurrences.get(run)) {
          shared[occurrence.keyword] += Math.min(counts[run], occurrence.count);
        }
      }
    }
    return shared;
  }

  private static double similarity(int shared, int both) {
    double all = both - shared;
    double apart = all - shared;
    return (all * all - apart * apart) / (all * all);
  }

  private String padded(String text) {
    String folded = caseSensitive ? text : text.toLowerCase(Locale.ROOT);
    String padding = " ".repeat(arity - 1);
    return padding + folded + padding;
  }

  private static int next(String text, int at) {
    return at + Character.charCount(text.codePointAt(at));
  }

  /** Where the run that begins at {@code start} ends; -1 when the text ends before. */
  private int endOfRun(String text, int start) {
    int end = start;
    for (int i = 0; i < arity; i++) {
      if (end >= text.length()) {
        return -1;
      }
      end = next(text, end);
    }
    return end;
  }

  /** Runs of letters, numbers, hyphens and underscores, each once. */
  private static Set<String> words(String text) {
    Set<String> words = new LinkedHashSet<>();
    StringBuilder word = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (isPartOfWord(c)) {
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

  /**
   * Hyphens, underscores and what Unicode calls alphabetic or numeric: with letters and digits most
   * vowel signs, without which words of Thai or Hindi fall apart, and numbers such as ½ or ².
   */
  private static boolean isPartOfWord(int c) {
    if (c < 0x80) {
      return Character.isLetterOrDigit(c) || c == '_' || c == '-';
    }
    return Character.isAlphabetic(c) || ((NUMBERS >> Character.getType(c)) & 1) != 0;
  }

  private record Hit(int keyword, double similarity) {}
}
