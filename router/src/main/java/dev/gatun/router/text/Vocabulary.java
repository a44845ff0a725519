package dev.gatun.router.text;

import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The terms that a search knows, and which words may become one of them. Most words of a text can
 * be told by their first three letters to be none, and need no stemming. Immutable.
 */
final class Vocabulary {
  private static final int LETTERS = 26;

  /** The word ends before this place. */
  private static final int NONE = -1;

  /** The character there is not one of a to z. */
  private static final int OTHER = -2;

  private final Set<String> terms;

  /** First three letters of words that may become a term. */
  private final BitSet beginnings = new BitSet(LETTERS * LETTERS * LETTERS);

  /** Terms of two letters. */
  private final BitSet pairs = new BitSet(LETTERS * LETTERS);

  Vocabulary(Collection<String> terms) {
    this.terms = new HashSet<>(terms);
    this.terms.forEach(this::add);
  }

  boolean has(String term) {
    return terms.contains(term);
  }

  /**
   * Whether the stem of the word from {@code start} to before {@code end} may be a term. What the
   * English stemmer does to the beginning of a word: it keeps the first letter, and the second
   * unless that is a y; in the third place it may put another of e, i and y for one of these, or
   * end there. Words of two letters are their own stems.
   */
  boolean mayHaveStemOf(char[] text, int start, int end) {
    int first = letter(text, start, end);
    int second = letter(text, start + 1, end);
    int third = letter(text, start + 2, end);
    if (first >= 0 && second >= 0 && third == NONE) {
      return pairs.get(first * LETTERS + second);
    }
    if (first < 0 || second < 0 || third < 0 || second == 'y' - 'a') {
      return true;
    }
    return beginnings.get(place(first, second, third))
        || (isWeak(third)
            && (beginnings.get(place(first, second, 'e' - 'a'))
                || beginnings.get(place(first, second, 'i' - 'a'))
                || beginnings.get(place(first, second, 'y' - 'a'))));
  }

  private static boolean isWeak(int letter) {
    return letter == 'e' - 'a' || letter == 'i' - 'a' || letter == 'y' - 'a';
  }

  /** A term that has no three letters may be what is left of any word that begins like it. */
  private void add(String term) {
    char[] letters = term.toCharArray();
    int first = letter(letters, 0, letters.length);
    int second = letter(letters, 1, letters.length);
    int third = letter(letters, 2, letters.length);
    if (first < 0 || second == OTHER || third == OTHER) {
      return;
    }
    if (second >= 0 && third == NONE) {
      pairs.set(first * LETTERS + second);
    }
    int from = second < 0 ? place(first, 0, 0) : place(first, second, Math.max(third, 0));
    int to =
        second < 0
            ? place(first + 1, 0, 0)
            : third < 0 ? place(first, second + 1, 0) : place(first, second, third) + 1;
    beginnings.set(from, to);
  }

  private static int place(int a, int b, int c) {
    return (a * LETTERS + b) * LETTERS + c;
  }

  private static int letter(char[] text, int index, int end) {
    if (index >= end) {
      return NONE;
    }
    int letter = text[index] - 'a';
    return letter >= 0 && letter < LETTERS ? letter : OTHER;
  }
}
