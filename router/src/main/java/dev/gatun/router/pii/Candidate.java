package dev.gatun.router.pii;

import com.google.re2j.Pattern;
import java.util.OptionalInt;

/**
 * A part of a text that has the form of personal data.
 *
 * @param text the whole
 * @param start first UTF-16 unit
 * @param end after the last UTF-16 unit
 */
record Candidate(String text, int start, int end) {
  /** As far back as a label such as "driver's license no." reaches. */
  private static final int CONTEXT_UNITS = 32;

  String value() {
    return text.substring(start, end);
  }

  /** Only its digits. */
  String digits() {
    StringBuilder digits = new StringBuilder(end - start);
    for (int i = start; i < end; i++) {
      if (isDigit(text.charAt(i))) {
        digits.append(text.charAt(i));
      }
    }
    return digits.toString();
  }

  OptionalInt whole() {
    return OptionalInt.of(end);
  }

  OptionalInt wholeIf(boolean condition) {
    return condition ? whole() : OptionalInt.empty();
  }

  /** Not the rest of a longer word or number. */
  boolean beginsWord() {
    return !(isWord(start - 1) && isWord(start));
  }

  /** Whether what ends there is not the beginning of a longer word or number. */
  boolean endsWord(int at) {
    return !(isWord(at - 1) && isWord(at));
  }

  /** Whether the label before it, on the same line, is one of those the pattern knows. */
  boolean follows(Pattern label) {
    int from = Math.max(Math.max(0, start - CONTEXT_UNITS), text.lastIndexOf('\n', start - 1) + 1);
    return label.matcher(text.substring(from, start)).find();
  }

  /** The same from its start to before {@code at}. */
  Candidate until(int at) {
    return new Candidate(text, start, at);
  }

  /** The last blank in it before {@code at}, or its start. */
  int lastBlank(int at) {
    int blank = text.lastIndexOf(' ', at - 1);
    return Math.max(blank, start);
  }

  char before() {
    return start == 0 ? '\n' : text.charAt(start - 1);
  }

  char after() {
    return end == text.length() ? '\n' : text.charAt(end);
  }

  /** Whether a digit follows the unit after it, as in a longer number with separators. */
  boolean numberGoesOn() {
    return end + 1 < text.length()
        && ".,-:/".indexOf(after()) >= 0
        && isDigit(text.charAt(end + 1));
  }

  /** Whether a sign that ends a clause follows, or a blank and a capital. */
  boolean endsClause() {
    boolean capital = end + 1 < text.length() && Character.isUpperCase(text.charAt(end + 1));
    return "\n.,;:!?\"')]}".indexOf(after()) >= 0 || (after() == ' ' && capital);
  }

  /** Whether this separator and a letter or digit, or the separator again, follow. */
  boolean goesOnAfter(char separator) {
    return after() == separator
        && end + 1 < text.length()
        && (isWord(end + 1) || text.charAt(end + 1) == separator);
  }

  /** Whether a digit stands before the unit before it. */
  boolean numberBegan() {
    return start > 1 && ".,-:/".indexOf(before()) >= 0 && isDigit(text.charAt(start - 2));
  }

  /** Where the next word or bracket begins, in it or behind it. */
  int nextStart() {
    int at = start;
    while (at < end && !isWord(at)) {
      at++;
    }
    if (at > start) {
      return at;
    }
    while (at < end && isWord(at)) {
      at++;
    }
    return Math.max(at, start + 1);
  }

  private boolean isWord(int at) {
    return at >= 0 && at < text.length() && Character.isLetterOrDigit(text.charAt(at));
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
