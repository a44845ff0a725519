package dev.gatun.router.text;

/** Simple case folding: texts that differ in case only become equal, and no text changes length. */
final class CaseFolding {
  private static final char DOTTED_CAPITAL_I = '\u0130';
  private static final char DOTLESS_SMALL_I = '\u0131';

  private CaseFolding() {}

  /** Without a way out of the loop, so that several characters are looked at together. */
  static boolean isAscii(char[] chars) {
    int all = 0;
    for (char c : chars) {
      all |= c;
    }
    return all < 0x80;
  }

  /** A capital of ASCII as a small letter; any other character as it is. */
  static char ofAscii(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }

  /**
   * Folds characters of ASCII where they stand, several together: of c + 63 and c + 37 only the
   * first reaches 128 for a capital alone, whose small letter is 32 further on.
   */
  static void foldAscii(char[] chars) {
    for (int i = 0; i < chars.length; i++) {
      int c = chars[i];
      chars[i] = (char) (c | (((c + 63) & ~(c + 37) & 0x80) >> 2));
    }
  }

  /** The folded characters; index i belongs to index i of the text. */
  static char[] fold(String text) {
    char[] chars = text.toCharArray();
    if (isAscii(chars)) {
      foldAscii(chars);
      return chars;
    }
    for (int i = 0; i < chars.length; i++) {
      char c = chars[i];
      if (c < 128) {
        chars[i] = ofAscii(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < chars.length
          && Character.isLowSurrogate(chars[i + 1])) {
        int folded =
            Character.toLowerCase(Character.toUpperCase(Character.toCodePoint(c, chars[i + 1])));
        if (Character.charCount(folded) == 2) {
          Character.toChars(folded, chars, i);
        }
        i++;
      } else if (c != DOTTED_CAPITAL_I && c != DOTLESS_SMALL_I) {
        // Unicode folds these two only for Turkic languages.
        chars[i] = Character.toLowerCase(Character.toUpperCase(c));
      }
    }
    return chars;
  }
}
