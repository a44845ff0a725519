package dev.gatun.router.text;

/**
 * Words of lower-case ASCII text as Unicode divides it (UAX #29): what has a letter or digit, with
 * underscores, and single signs inside of it such as those of node.js, o'clock and 3.14.
 */
final class AsciiWords {
  private AsciiWords() {}

  /**
   * Where the word that begins at {@code start} ends; when none does, the complement of the place
   * up to which there is none.
   *
   * @param text in lower case
   */
  static int end(char[] text, int start) {
    boolean isWord = false;
    int at = start;
    while (at < text.length) {
      char c = text[at];
      if (isLetter(c) || isDigit(c)) {
        isWord = true;
      } else if (c != '_' && !(at > start && joins(text, at))) {
        break;
      }
      at++;
    }
    return isWord ? at : ~at;
  }

  /** Whether a sign stands between two letters, or two digits, that it does not part. */
  private static boolean joins(char[] text, int at) {
    if (at + 1 >= text.length) {
      return false;
    }
    char before = text[at - 1];
    char after = text[at + 1];
    return switch (text[at]) {
      case '.', '\'' ->
          (isLetter(before) && isLetter(after)) || (isDigit(before) && isDigit(after));
      case ':' -> isLetter(before) && isLetter(after);
      case ',', ';' -> isDigit(before) && isDigit(after);
      default -> false;
    };
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
