package dev.gatun.router.text;

import java.lang.Character.UnicodeScript;

/**
 * Sizes texts of any script without a word list: every Han, Hiragana, Katakana or Hangul character
 * is a unit, and so is every run of other letters and digits.
 */
public final class TextUnits {
  private static final int FIRST_CJK = 0x1100;

  private TextUnits() {}

  public static int count(String text) {
    int units = 0;
    boolean inRun = false;
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i);
      if (c < 0x80) {
        boolean isRun = isAsciiRun(c);
        units += isRun && !inRun ? 1 : 0;
        inRun = isRun;
        i++;
        continue;
      }
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      boolean isRun = isRun(codePoint);
      if (isRun ? !inRun : isCjk(codePoint)) {
        units++;
      }
      inRun = isRun;
    }
    return units;
  }

  private static boolean isAsciiRun(char c) {
    int lower = c | 0x20;
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
  }

  /** Whether a character is a unit by itself. */
  static boolean isCjk(int codePoint) {
    if (codePoint < FIRST_CJK) {
      return false;
    }
    UnicodeScript script = UnicodeScript.of(codePoint);
    return script == UnicodeScript.HAN
        || script == UnicodeScript.HIRAGANA
        || script == UnicodeScript.KATAKANA
        || script == UnicodeScript.HANGUL;
  }

  /** Whether a character belongs to a run of letters and digits. */
  static boolean isRun(int codePoint) {
    return Character.isLetterOrDigit(codePoint) && !isCjk(codePoint);
  }
}
