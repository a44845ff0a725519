package dev.gatun.router.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the names somebody may have meant. */
public final class Nearest {
  private static final int DISTANCE_MAX = 3;

  private Nearest() {}

  /** Known names at most three edits away, nearest first, at most {@code count}. */
  public static List<String> names(String written, Collection<String> known, int count) {
    String word = written.toLowerCase(Locale.ROOT);
    return known.stream()
        .distinct()
        .map(name -> new Candidate(name, Levenshtein.distance(word, name.toLowerCase(Locale.ROOT))))
        .filter(candidate -> candidate.distance <= DISTANCE_MAX)
        .filter(candidate -> candidate.distance < Math.max(candidate.name.length(), 1))
        .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .limit(count)
        .map(Candidate::name)
        .toList();
  }

  /** The nearest known name, if one is at most three edits away. */
  public static Optional<String> name(String written, Collection<String> known) {
    return names(written, known, 1).stream().findFirst();
  }

  private record Candidate(String name, int distance) {}
}
