package dev.gatun.router.text;

import java.lang.Character.UnicodeScript;

/** Which characters make up words, and so where a word begins and ends. */
public enum WordClass {
  /** Letters A to Z, digits and underscore, as {@code \b} of RE2 sees them. */
  ASCII {
    @Override
    public boolean isWord(int codePoint) {
      return codePoint < 128 && (Character.isLetterOrDigit(codePoint) || codePoint == '_');
    }
  },

  /**
   * Letters, marks and digits of any script, and underscore; but not of scripts that put no blank
   * between words, where a Latin word may stand right beside other text. A word also begins and
   * ends where Hangul or Katakana begins or ends, and with every Hiragana (UAX #29).
   */
  UNICODE {
    @Override
    public boolean isBoundary(CharSequence text, int index) {
      int before = index > 0 ? Character.codePointBefore(text, index) : 0;
      int after = index < text.length() ? Character.codePointAt(text, index) : 0;
      if (before < FIRST_UNSPACED && after < FIRST_UNSPACED) {
        return isWord(before) != isWord(after);
      }
      Run one = Run.of(before);
      return one != Run.of(after) || one == Run.SINGLE;
    }

    @Override
    public boolean isWord(int codePoint) {
      if (codePoint < 128) {
        return ASCII.isWord(codePoint);
      }
      return isWordPart(codePoint) && !isUnspaced(codePoint);
    }
  };

  private static final int FIRST_UNSPACED = 0x0E00;

  /** Which characters stand together in a word. */
  private enum Run {
    NONE,
    SPACED,
    HANGUL,
    KATAKANA,
    SINGLE;

    static Run of(int codePoint) {
      if (codePoint == LONG_VOWEL || codePoint == LONG_VOWEL_HALF) {
        return KATAKANA;
      }
      if (!isUnspaced(codePoint)) {
        return UNICODE.isWord(codePoint) ? SPACED : NONE;
      }
      if (!isWordPart(codePoint)) {
        return NONE;
      }
      return switch (UnicodeScript.of(codePoint)) {
        case HANGUL -> HANGUL;
        case KATAKANA -> KATAKANA;
        default -> SINGLE;
      };
    }
  }

  /** The sign that makes a vowel long belongs to two scripts, and so to none. */
  private static final int LONG_VOWEL = 0x30FC;

  private static final int LONG_VOWEL_HALF = 0xFF70;

  public abstract boolean isWord(int codePoint);

  /** Whether a word begins or ends between the characters before and after {@code index}. */
  public boolean isBoundary(CharSequence text, int index) {
    boolean before = index > 0 && isWord(Character.codePointBefore(text, index));
    boolean after = index < text.length() && isWord(Character.codePointAt(text, index));
    return before != after;
  }

  /** Whether a keyword stands for whole words: not one with Han, which has no blanks between. */
  public static boolean isBounded(String keyword) {
    return keyword.codePoints().anyMatch(c -> Character.isLetterOrDigit(c) || c == '_')
        && keyword.codePoints().noneMatch(c -> UnicodeScript.of(c) == UnicodeScript.HAN);
  }

  /** Whether a script is written without blanks between its words. */
  public static boolean isUnspaced(int codePoint) {
    if (codePoint < FIRST_UNSPACED) {
      return false;
    }
    return switch (UnicodeScript.of(codePoint)) {
      case HAN, HIRAGANA, KATAKANA, HANGUL, THAI, LAO, KHMER, MYANMAR -> true;
      default -> false;
    };
  }

  private static boolean isWordPart(int codePoint) {
    if (Character.isLetterOrDigit(codePoint)) {
      return true;
    }
    int type = Character.getType(codePoint);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }
}
