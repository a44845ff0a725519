package dev.gatun.router.text;

import java.lang.Character.UnicodeScript;

/**
 * Sizes texts of any script without a word list: every Han, Hiragana, Katakana or Hangul character
 * is a unit, and so is every run of other letters and digits.
 */
public final class TextUnits {
  private static final int FIRST_CJK = 0x1100;

  /** 1 for the letters and digits of ASCII, 0 for its other characters. */
  private static final byte[] ASCII_RUN = asciiRun();

  private TextUnits() {}

  /** The units of a text. Where words begin and end no processor foresees, so no branch asks. */
  public static int count(String text) {
    int units = 0;
    int inRun = 0;
    char[] chars = text.toCharArray();
    for (int i = 0; i < chars.length; ) {
      char c = chars[i];
      if (c < 0x80) {
        int isRun = ASCII_RUN[c];
        units += isRun & ~inRun;
        inRun = isRun;
        i++;
        continue;
      }
      int codePoint = Character.codePointAt(chars, i);
      i += Character.charCount(codePoint);
      boolean isRun = isRun(codePoint);
      if (isRun ? inRun == 0 : isCjk(codePoint)) {
        units++;
      }
      inRun = isRun ? 1 : 0;
    }
    return units;
  }

  private static byte[] asciiRun() {
    byte[] all = new byte[0x80];
    for (char c = 0; c < all.length; c++) {
      all[c] = (byte) (Character.isLetterOrDigit(c) ? 1 : 0);
    }
    return all;
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
