package dev.gatun.router.text;

/** Parts of a text that end between words, or at least between characters. */
final class Pieces {
  private Pieces() {}

  /** The longest beginning of whole words within so many bytes of UTF-8. */
  static String beginning(String text, long bytes) {
    int end = 0;
    long used = 0;
    while (end < text.length()) {
      int codePoint = text.codePointAt(end);
      used += bytes(codePoint);
      if (used > bytes) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return Blanks.strip(text, 0, wordEnd(text, end));
  }

  /** The longest end of whole words within so many bytes of UTF-8. */
  static String end(String text, long bytes) {
    int start = text.length();
    long used = 0;
    while (start > 0) {
      int codePoint = text.codePointBefore(start);
      used += bytes(codePoint);
      if (used > bytes) {
        break;
      }
      start -= Character.charCount(codePoint);
    }
    return Blanks.strip(text, wordStart(text, start), text.length());
  }

  /** The last place up to {@code at} that is not inside a word; {@code at} if all is one word. */
  private static int wordEnd(String text, int at) {
    int end = at;
    while (end > 0 && isInside(text, end)) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return end == 0 ? at : end;
  }

  private static int wordStart(String text, int at) {
    int start = at;
    while (start < text.length() && isInside(text, start)) {
      start += Character.charCount(text.codePointAt(start));
    }
    return start == text.length() ? at : start;
  }

  private static boolean isInside(String text, int at) {
    return at > 0
        && at < text.length()
        && WordClass.UNICODE.isWord(text.codePointBefore(at))
        && WordClass.UNICODE.isWord(text.codePointAt(at));
  }

  static int bytes(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
}
