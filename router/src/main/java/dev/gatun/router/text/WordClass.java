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
   * between words, where a Latin word may stand right beside other text.
   */
  UNICODE {
    @Override
    public boolean isWord(int codePoint) {
      if (codePoint < 128) {
        return ASCII.isWord(codePoint);
      }
      return isWordPart(codePoint) && !isUnspaced(codePoint);
    }
  };

  public abstract boolean isWord(int codePoint);

  /** Whether a word begins or ends between the characters before and after {@code index}. */
  public boolean isBoundary(CharSequence text, int index) {
    boolean before = index > 0 && isWord(Character.codePointBefore(text, index));
    boolean after = index < text.length() && isWord(Character.codePointAt(text, index));
    return before != after;
  }

  /** Whether a script is written without blanks between its words. */
  public static boolean isUnspaced(int codePoint) {
    if (codePoint < 0x0E00) {
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
