package dev.gatun.router.pii;

import com.google.re2j.Pattern;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * A part of a text that has the form of personal data.
 *
 * @param text the whole
 * @param start first UTF-16 unit
 * @param end after the last UTF-16 unit
 * @param judgement what stands around it and speaks against it
 */
record Candidate(String text, int start, int end, Judgement judgement) {
  /** What beside its form decides whether a candidate is personal data. */
  enum Judgement {
    /** Words and numbers around it, as a reader would judge; a label can stand for its form. */
    READER,
    /** Only letters, digits and decimals that touch it: what the form proves is never missed. */
    FORM
  }

  private static final int UUID_UNITS = 36;
  private static final Pattern UUID =
      Pattern.compile("^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$");

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
    return new Candidate(text, start, at, judgement);
  }

  /** Where the longest part of it from its start ends that passes, cut where numbers may end. */
  OptionalInt longest(Predicate<Candidate> test) {
    for (int at = end; at > start; at = lastCut(at)) {
      Candidate part = until(at);
      if (test.test(part)) {
        return part.whole();
      }
    }
    return OptionalInt.empty();
  }

  /** The last blank in it before {@code at}, for the form alone any separator; or its start. */
  private int lastCut(int at) {
    int cut = at - 1;
    while (cut > start && !(judgement == Judgement.FORM ? !isWord(cut) : text.charAt(cut) == ' ')) {
      cut--;
    }
    return Math.max(cut, start);
  }

  char before() {
    return start == 0 ? '\n' : text.charAt(start - 1);
  }

  char after() {
    return end == text.length() ? '\n' : text.charAt(end);
  }

  /** Whether it is one of more numbers that belong together. */
  boolean isAmongNumbers() {
    return numberGoesOn() || numberBegan() || (judgement == Judgement.FORM && isInUuid());
  }

  /** Whether words before it call it the number of a thing, for a reader. */
  boolean isOfThing() {
    return judgement == Judgement.READER && follows(Labels.OF_OTHER_NUMBERS);
  }

  /** Whether a digit follows the unit after it, as in a longer number with separators. */
  boolean numberGoesOn() {
    return end + 1 < text.length() && joins(after()) && isDigit(text.charAt(end + 1));
  }

  /** Signs between numbers; a decimal point is one whoever judges. */
  private boolean joins(char sign) {
    return switch (judgement) {
      case READER -> ".,-:/".indexOf(sign) >= 0;
      case FORM -> sign == '.';
    };
  }

  private boolean isInUuid() {
    int from = start;
    while (from > 0 && start - from < UUID_UNITS && isOfUuid(text.charAt(from - 1))) {
      from--;
    }
    int to = end;
    while (to < text.length() && to - from <= UUID_UNITS && isOfUuid(text.charAt(to))) {
      to++;
    }
    return to - from == UUID_UNITS && UUID.matches(text.substring(from, to));
  }

  private static boolean isOfUuid(char c) {
    return c == '-' || Character.digit(c, 16) >= 0;
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
    return start > 1 && joins(before()) && isDigit(text.charAt(start - 2));
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
