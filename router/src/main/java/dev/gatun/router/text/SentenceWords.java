package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits sentences into words that can be counted: what stands between blanks in lower case,
 * without signs at its ends; of scripts without blanks, every character and every pair of
 * neighbours. Signs inside such text count as words too.
 */
public final class SentenceWords {
  private static final int NONE = -1;

  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();

  /** Signs that count only if a letter or digit follows. */
  private final StringBuilder signs = new StringBuilder();

  private SentenceWords() {}

  /** The words of a text in order, with repetitions. */
  public static List<String> of(String text) {
    SentenceWords found = new SentenceWords();
    Blanks.fields(text).forEach(found::field);
    return found.words;
  }

  private void field(String field) {
    int previous = NONE;
    boolean isBegun = false;
    for (int at = 0; at < field.length(); ) {
      int codePoint = field.codePointAt(at);
      at += Character.charCount(codePoint);
      if (Character.isLetterOrDigit(codePoint)) {
        isBegun = true;
        previous = part(codePoint, previous);
      } else {
        previous = NONE;
        if (isBegun) {
          signs.appendCodePoint(Character.toLowerCase(codePoint));
        }
      }
    }
    signs.setLength(0);
    flush();
  }

  /**
   * Takes a letter or digit.
   *
   * @return the character if it is a word by itself, else {@link #NONE}
   */
  private int part(int codePoint, int previous) {
    word.append(signs);
    signs.setLength(0);
    if (!TextUnits.isCjk(codePoint)) {
      word.appendCodePoint(Character.toLowerCase(codePoint));
      return NONE;
    }
    flush();
    words.add(Character.toString(codePoint));
    if (previous != NONE) {
      words.add(Character.toString(previous) + Character.toString(codePoint));
    }
    return codePoint;
  }

  private void flush() {
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }
}
