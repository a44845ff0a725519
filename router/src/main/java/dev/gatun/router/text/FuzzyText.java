package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A text whose words, one by one or several in a row, are compared with keywords. The words are
 * found when first needed. Not for use by several threads.
 */
public final class FuzzyText {
  private final String text;
  private final List<List<Run>> runsBySize = new ArrayList<>();

  public FuzzyText(String text) {
    this.text = text;
  }

  /** A keyword, read once for all texts. Immutable. */
  public static final class Keyword {
    private final Run whole;
    private final Run joined;
    private final int words;
    private final boolean hasBlanks;
    private final Fuzziness fuzziness;

    public Keyword(String keyword, Fuzziness fuzziness) {
      List<String> parts = Words.lowerCase(keyword);
      whole = Run.of(LowerCase.of(keyword));
      joined = Run.of(String.join(" ", parts));
      words = parts.size();
      hasBlanks = Blanks.fields(keyword).size() > 1;
      this.fuzziness = fuzziness;
    }
  }

  /** Whether a keyword is compared with several words in a row. */
  public static boolean hasSeveralWords(String keyword) {
    return Words.lowerCase(keyword).size() > 1;
  }

  /** Characters, and bit c mod 64 for each of them. */
  @SuppressWarnings("ArrayRecordComponent") // not changed
  private record Run(int[] characters, long bits) {
    static Run of(String text) {
      int[] characters = text.codePoints().toArray();
      long bits = 0;
      for (int c : characters) {
        bits |= 1L << c;
      }
      return new Run(characters, bits);
    }

    /** An edit takes away and adds one kind of character at most. */
    boolean isWithin(int edits, Run other) {
      return Long.bitCount(bits & ~other.bits) <= edits
          && Long.bitCount(other.bits & ~bits) <= edits
          && Levenshtein.within(characters, other.characters, edits);
    }
  }

  /**
   * Whether some word is near the whole keyword, signs and all. With {@code windows} a keyword of
   * several words is compared with runs of as many words instead, for half of it is not near the
   * whole; only one without blanks, as "e-mail", may be a single word in the text as well.
   */
  public boolean isNear(Keyword keyword, boolean windows) {
    if (keyword.fuzziness instanceof Fuzziness.Exact) {
      return false;
    }
    boolean hasWindows = windows && keyword.words > 1;
    return (hasWindows && isNear(keyword.joined, keyword.words, keyword.fuzziness))
        || (!(hasWindows && keyword.hasBlanks) && isNear(keyword.whole, 1, keyword.fuzziness));
  }

  private boolean isNear(Run keyword, int size, Fuzziness fuzziness) {
    int edits = fuzziness.edits(keyword.characters.length);
    if (edits < 0) {
      return false;
    }
    for (Run run : runs(size)) {
      if (run.isWithin(edits, keyword)) {
        return true;
      }
    }
    return false;
  }

  /** Runs of so many words, each once. */
  private List<Run> runs(int size) {
    if (runsBySize.size() < size) {
      List<String> words = Words.lowerCase(text);
      while (runsBySize.size() < size) {
        runsBySize.add(runsOf(words, runsBySize.size() + 1));
      }
    }
    return runsBySize.get(size - 1);
  }

  private static List<Run> runsOf(List<String> words, int size) {
    Set<String> runs = new LinkedHashSet<>();
    for (int i = 0; i + size <= words.size(); i++) {
      runs.add(size == 1 ? words.get(i) : String.join(" ", words.subList(i, i + size)));
    }
    return runs.stream().map(Run::of).toList();
  }
}
