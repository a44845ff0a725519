package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.List;

/** White space of any script (Unicode property White_Space), the no-break spaces included. */
public final class Blanks {
  private static final int NEXT_LINE = 0x85;

  private Blanks() {}

  /** Whether a text is nothing else, or empty. */
  public static boolean areAll(String text) {
    return skip(text, 0, text.length()) == text.length();
  }

  static boolean isBlank(int codePoint) {
    return (codePoint >= '\t' && codePoint <= '\r')
        || codePoint == NEXT_LINE
        || Character.isSpaceChar(codePoint);
  }

  /** The first place from {@code from} on that is not blank, at most {@code end}. */
  static int skip(String text, int from, int end) {
    int at = from;
    while (at < end && isBlank(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** The text between two places without the blanks at its ends. */
  static String strip(String text, int from, int to) {
    int start = skip(text, from, to);
    int end = to;
    while (end > start && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /** What stands between blanks. */
  static List<String> fields(String text) {
    List<String> fields = new ArrayList<>();
    int start = skip(text, 0, text.length());
    while (start < text.length()) {
      int end = start;
      while (end < text.length() && !isBlank(text.charAt(end))) {
        end++;
      }
      fields.add(text.substring(start, end));
      start = skip(text, end, text.length());
    }
    return fields;
  }
}
