package dev.gatun.router.pii;

/** Words of a text: runs of letters and decimal digits. */
final class Words {
  private Words() {}

  /** Where the word that holds what stands before {@code at} begins; {@code at} when none does. */
  static int start(String text, int at) {
    int start = at;
    while (start > 0 && Character.isLetterOrDigit(text.codePointBefore(start))) {
      start -= Character.charCount(text.codePointBefore(start));
    }
    return start;
  }

  static boolean wordAt(String text, int at) {
    return at < text.length() && Character.isLetterOrDigit(text.codePointAt(at));
  }

  static boolean wordBefore(String text, int at) {
    return at > 0 && Character.isLetterOrDigit(text.codePointBefore(at));
  }
}
