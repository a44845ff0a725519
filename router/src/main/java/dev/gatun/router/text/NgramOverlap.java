package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Likeness of documents to a query by the runs of characters they share: the number of common runs
 * divided by that of all (Jaccard), in lower case.
 */
public final class NgramOverlap {
  private final List<Set<String>> documents = new ArrayList<>();
  private final int size;

  /**
   * Prepares documents.
   *
   * @param size characters per run, above 0
   */
  public NgramOverlap(List<String> documents, int size) {
    if (size <= 0) {
      throw new IllegalArgumentException("size must be above 0, got " + size);
    }
    this.size = size;
    documents.forEach(document -> this.documents.add(runs(document)));
  }

  /** Per document its likeness, 0 to 1. */
  public double[] scores(String query) {
    Set<String> wanted = runs(query);
    return documents.stream().mapToDouble(own -> likeness(wanted, own)).toArray();
  }

  private static double likeness(Set<String> a, Set<String> b) {
    long shared = a.stream().filter(b::contains).count();
    return shared == 0 ? 0 : (double) shared / (a.size() + b.size() - shared);
  }

  /** All runs of a text; a shorter text is one. */
  private Set<String> runs(String text) {
    int[] characters = text.toLowerCase(Locale.ROOT).codePoints().toArray();
    Set<String> runs = new HashSet<>();
    for (int i = 0; i + size <= characters.length; i++) {
      runs.add(new String(characters, i, size));
    }
    if (characters.length > 0 && characters.length < size) {
      runs.add(new String(characters, 0, characters.length));
    }
    return runs;
  }
}
