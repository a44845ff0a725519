package dev.gatun.router.text;

import dev.gatun.router.text.PatternPart.Chars;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a text must contain for a pattern to occur in it, so that most texts need not be searched
 * for it: what a search costs is hundreds of times what it costs to see that it is in vain.
 *
 * @param words of every list one must occur, case folded
 * @param run characters one of which must follow the other; empty when nothing is known
 * @param rarest index in the run of the character that few texts have
 */
record Required(List<List<String>> words, List<Chars> run, int rarest) {
  static final Required NOTHING = new Required(List.of(), List.of(), 0);

  /** More words of which one must occur say little. */
  private static final int WORDS_MAX = 32;

  /** Of a character repeated more often than this, so many are looked for. */
  private static final int REPEATS_MAX = 8;

  /** A run that is in nearly every text is not worth looking for. */
  private static final double SELECTIVITY_MIN = 1;

  Required {
    words = words.stream().map(List::copyOf).toList();
    run = List.copyOf(run);
  }

  static Required by(String regex) {
    Optional<PatternPart> whole = PatternParser.parse(regex);
    if (whole.isEmpty()) {
      return NOTHING;
    }
    List<List<String>> words = new ArrayList<>();
    List<List<Chars>> runs = new ArrayList<>();
    collect(whole.get(), words, runs);
    List<Chars> best =
        runs.stream()
            .max(Comparator.comparingDouble(Required::selectivity))
            .filter(run -> selectivity(run) > SELECTIVITY_MIN)
            .orElse(List.of());
    return new Required(words, best, rarest(best));
  }

  private static int rarest(List<Chars> run) {
    int rarest = 0;
    for (int i = 1; i < run.size(); i++) {
      rarest = run.get(i).frequency() < run.get(rarest).frequency() ? i : rarest;
    }
    return rarest;
  }

  /** The more the rarer the run is in a text, by how often its characters are. */
  private static double selectivity(List<Chars> run) {
    return run.stream().mapToDouble(chars -> -Math.log(chars.frequency())).sum();
  }

  /** Whether a text may hold the run, by all the characters that it has; cheap. */
  boolean runMayBeAmong(Chars present) {
    for (Chars chars : run) {
      if (!chars.intersects(present)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the run occurs. */
  boolean runOccursIn(String text) {
    if (run.isEmpty()) {
      return true;
    }
    int end = text.length() - run.size() + rarest + 1;
    for (int i = next(text, rarest); i < end; i = next(text, i + 1)) {
      if (isAt(i - rarest, text)) {
        return true;
      }
    }
    return false;
  }

  /** Where the rarest character of the run stands next; the end of the text when nowhere. */
  private int next(String text, int from) {
    Chars rare = run.get(rarest);
    if (rare.only().isPresent()) {
      int at = text.indexOf(rare.only().getAsInt(), from);
      return at < 0 ? text.length() : at;
    }
    int at = from;
    while (at < text.length() && !rare.has(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private boolean isAt(int from, String text) {
    for (int k = 0; k < run.size(); k++) {
      if (!run.get(k).has(text.charAt(from + k))) {
        return false;
      }
    }
    return true;
  }

  /** Adds what a part requires. */
  private static void collect(PatternPart part, List<List<String>> words, List<List<Chars>> runs) {
    switch (part) {
      case PatternPart.Sequence(List<PatternPart> parts) -> new Walk(words, runs).through(parts);
      case PatternPart.Either(List<PatternPart> branches) -> either(branches).ifPresent(words::add);
      case PatternPart.Repeat(PatternPart repeated, int least) -> {
        if (least > 0) {
          collect(repeated, words, runs);
        }
      }
      case Chars chars -> new Walk(words, runs).through(List.of(chars));
    }
  }

  /** One word of every branch; empty when some branch requires none. */
  private static Optional<List<String>> either(List<PatternPart> branches) {
    List<String> any = new ArrayList<>();
    for (PatternPart branch : branches) {
      List<List<String>> words = new ArrayList<>();
      collect(branch, words, new ArrayList<>());
      Optional<List<String>> best =
          words.stream()
              .max(
                  Comparator.comparingInt(
                      list -> list.stream().mapToInt(String::length).min().orElse(0)));
      if (best.isEmpty()) {
        return Optional.empty();
      }
      any.addAll(best.get());
    }
    return Optional.of(any.stream().distinct().toList()).filter(all -> all.size() <= WORDS_MAX);
  }

  /**
   * A walk along a sequence: characters that are sure to stand side by side make words and runs.
   */
  private static final class Walk {
    private final List<List<String>> words;
    private final List<List<Chars>> runs;
    private final StringBuilder word = new StringBuilder();
    private final List<Chars> run = new ArrayList<>();

    Walk(List<List<String>> words, List<List<Chars>> runs) {
      this.words = words;
      this.runs = runs;
    }

    void through(List<PatternPart> parts) {
      parts.forEach(this::step);
      endWord();
      endRun();
    }

    private void step(PatternPart part) {
      switch (part) {
        case Chars chars -> add(chars);
        case PatternPart.Sequence(List<PatternPart> inner) -> inner.forEach(this::step);
        case PatternPart.Repeat(Chars chars, int least) when least > 0 -> {
          for (int i = 0; i < Math.min(least, REPEATS_MAX); i++) {
            add(chars);
          }
          // There may be more of them; what is behind follows the last.
          endWord();
          endRun();
          add(chars);
        }
        case PatternPart.Repeat _, PatternPart.Either _ -> {
          endWord();
          endRun();
          collect(part, words, runs);
        }
      }
    }

    private void add(Chars chars) {
      run.add(chars);
      if (chars.folded().isPresent()) {
        word.appendCodePoint(chars.folded().getAsInt());
      } else {
        endWord();
        if (chars.others()) {
          // It may be two units of the text, of which the next character follows the second.
          endRun();
          run.add(chars);
        }
      }
    }

    private void endWord() {
      boolean saysMuch = word.length() > 1 || (!word.isEmpty() && !isLetterOfAscii(word.charAt(0)));
      if (saysMuch && !word.toString().isBlank()) {
        words.add(List.of(word.toString()));
      }
      word.setLength(0);
    }

    private static boolean isLetterOfAscii(char c) {
      return c < 0x80 && Character.isLetterOrDigit(c);
    }

    private void endRun() {
      if (!run.isEmpty()) {
        runs.add(List.copyOf(run));
      }
      run.clear();
    }
  }
}
