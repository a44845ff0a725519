package dev.gatun.inference.tokenize;

/** Offsets of one text, from code points (the engine's unit) to UTF-16 units (Java's). */
final class Utf16Offsets {

  /** Of a text that is not there. */
  static final Utf16Offsets NONE = new Utf16Offsets("");

  /** UTF-16 offset of every code point and of the end; empty when both units agree. */
  private final int[] utf16;

  Utf16Offsets(String text) {
    int codePoints = text.codePointCount(0, text.length());
    if (codePoints == text.length()) {
      utf16 = new int[0];
      return;
    }
    utf16 = new int[codePoints + 1];
    int at = 0;
    for (int i = 0; i < codePoints; i++) {
      utf16[i] = at;
      at += Character.charCount(text.codePointAt(at));
    }
    utf16[codePoints] = at;
  }

  int of(int codePoint) {
    return utf16.length == 0 ? codePoint : utf16[codePoint];
  }
}
