package dev.gatun.router.text;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/** A part of a pattern, in so far as it says what a match must contain. */
sealed interface PatternPart {
  /** All of them behind one another; what matches no character is left out. */
  record Sequence(List<PatternPart> parts) implements PatternPart {
    public Sequence {
      parts = List.copyOf(parts);
    }
  }

  /** One of them. */
  record Either(List<PatternPart> branches) implements PatternPart {
    public Either {
      branches = List.copyOf(branches);
    }
  }

  /**
   * The same again and again.
   *
   * @param least 0 or more times
   */
  record Repeat(PatternPart part, int least) implements PatternPart {}

  /**
   * One character. Case is ignored: with a letter of ASCII the other case is there too.
   *
   * @param low bit c for the characters 0 to 63
   * @param high bit c - 64 for the characters 64 to 127
   * @param others whether a character behind ASCII is possible
   * @param folded the only character possible, folded, where there is just one
   */
  record Chars(long low, long high, boolean others, OptionalInt folded) implements PatternPart {
    static final Chars ANY = new Chars(-1L, -1L, true, OptionalInt.empty());

    /** Characters of ASCII that others behind it are the same letter as: k as in Kelvin, long s. */
    private static final String FOLDED_INTO = "kKsS";

    /**
     * A set.
     *
     * @param others whether it may have characters behind ASCII besides those of {@link
     *     #FOLDED_INTO}
     */
    static Chars where(IntPredicate holds, boolean others) {
      boolean folded = FOLDED_INTO.chars().anyMatch(holds);
      return set(holds, others || folded, OptionalInt.empty());
    }

    static Chars of(int codePoint) {
      char lower = CaseFolding.fold(Character.toString(codePoint))[0];
      if (lower < 0x80) {
        boolean others = FOLDED_INTO.indexOf(lower) >= 0;
        return set(c -> Character.toLowerCase(c) == lower, others, OptionalInt.of(lower));
      }
      boolean hasNoCase = TextUnits.isCjk(codePoint) && Character.isBmpCodePoint(codePoint);
      return new Chars(0, 0, true, hasNoCase ? OptionalInt.of(codePoint) : OptionalInt.empty());
    }

    private static Chars set(IntPredicate holds, boolean others, OptionalInt folded) {
      long low = 0;
      long high = 0;
      for (int c = 0; c < Long.SIZE; c++) {
        low |= holds.test(c) ? 1L << c : 0;
        high |= holds.test(c + Long.SIZE) ? 1L << c : 0;
      }
      return new Chars(low, high, others, folded);
    }

    boolean has(char c) {
      return c < 2 * Long.SIZE ? hasOfAscii(c) : others;
    }

    private boolean hasOfAscii(char c) {
      long bits = c < Long.SIZE ? low : high;
      return (bits >>> c & 1) != 0;
    }

    /** The character of ASCII that alone is possible, if it is one. */
    OptionalInt only() {
      return !others && Long.bitCount(low) + Long.bitCount(high) == 1
          ? folded
          : OptionalInt.empty();
    }

    /** Those that a text has. */
    static Chars in(String text) {
      long low = 0;
      long high = 0;
      boolean others = false;
      for (int i = 0; i < text.length(); i++) {
        // Without branches: blanks and letters take turns, so none would be foreseen.
        char c = text.charAt(i);
        int half = c / Long.SIZE;
        low |= half == 0 ? 1L << c : 0;
        high |= half == 1 ? 1L << c : 0;
        others |= half > 1;
      }
      return new Chars(low, high, others, OptionalInt.empty());
    }

    boolean intersects(Chars other) {
      return (low & other.low) != 0 || (high & other.high) != 0 || (others && other.others);
    }

    /** About how many of the characters of an English text these are; more than 0, at most 1. */
    double frequency() {
      double sum = others ? 0.01 : 0;
      for (char c = 0; c < 2 * Long.SIZE; c++) {
        if (hasOfAscii(c)) {
          sum += c == ' ' ? 0.18 : c >= 'a' && c <= 'z' ? 0.03 : 0.003;
        }
      }
      return Math.clamp(sum, 0.001, 1);
    }
  }
}
