package dev.gatun.router.text;

/**
 * A pattern in a form in which RE2/J 1.8 can ignore case; two things it cannot. Nine historic
 * letters, U+1C80 to U+1C88, have capitals whose small letters are others, and RE2/J goes from one
 * to the next until it is back at the first: for ever. A set that has all nine, such as {@code
 * [\x{80}-\x{10FFFF}]}, is written without them and, as an alternative, with what is not in their
 * complement; any other use of them is refused. And {@code \p{Ll}} has no capitals there: they are
 * named besides.
 */
final class CaseIgnored {
  private static final int FIRST = 0x1C80;
  private static final int LAST = 0x1C88;
  private static final String NINE = "[^\\x00-\\x{1C7F}\\x{1C89}-\\x{10FFFF}]";

  /** Their capitals; with case ignored these stand for the small ones, too. */
  private static final String CAPITALS =
      "\\x{412}\\x{414}\\x{41E}\\x{421}\\x{422}\\x{42A}\\x{462}\\x{A64A}";

  private static final String ALL_CASES = "\\p{Ll}\\p{Lu}\\p{Lt}";
  private static final String SETS = "dDsSwWpP";
  private static final int NO_CHARACTER = -1;

  private final String regex;
  private final StringBuilder out = new StringBuilder();
  private int at;

  private CaseIgnored(String regex) {
    this.regex = regex;
  }

  /**
   * Rewrites a pattern; one that is malformed is left for RE2/J to judge.
   *
   * @throws IllegalArgumentException when case cannot be ignored in it; says what to write
   */
  static String of(String regex) {
    CaseIgnored pattern = new CaseIgnored(regex);
    while (pattern.at < regex.length()) {
      pattern.step();
    }
    return pattern.out.toString();
  }

  private void step() {
    if (isNext("\\Q")) {
      int end = regex.indexOf("\\E", at);
      copyLiterals(end < 0 ? regex.length() : end);
    } else if (isNext("[")) {
      brackets();
    } else {
      int start = at;
      int value = character();
      String text = regex.substring(start, at);
      refuse(isOneOfNine(value));
      out.append(isSmallLetters(text) ? "[" + ALL_CASES + "]" : text);
    }
  }

  private void copyLiterals(int end) {
    refuse(regex.substring(at, end).codePoints().anyMatch(CaseIgnored::isOneOfNine));
    out.append(regex, at, end);
    at = end;
  }

  private void brackets() {
    int start = out.length();
    boolean hasNine = false;
    int from = at;
    at += isNext("[^") ? 2 : 1;
    boolean isNegated = at - from == 2;
    out.append(regex, from, at);
    boolean isFirst = true;
    while (at < regex.length() && (isFirst || !isNext("]"))) {
      isFirst = false;
      hasNine |= item();
    }
    if (at == regex.length()) {
      refuse(hasNine); // RE2/J would read all of it before it misses the end
      return;
    }
    at++;
    out.append(']');
    if (hasNine) {
      refuse(isNegated);
      out.insert(start, "(?:").append('|').append(NINE).append(')');
    }
  }

  /** Copies a character, a range or a named set; whether it has the nine, which are left out. */
  private boolean item() {
    int start = at;
    if (isNext("[:") && regex.indexOf(":]", at) > 0) {
      at = regex.indexOf(":]", at) + 2;
      out.append(regex, start, at);
      return false;
    }
    int low = character();
    int high = low;
    boolean isRange =
        low != NO_CHARACTER && isNext("-") && at + 1 < regex.length() && !isNext("-]");
    if (isRange) {
      at++;
      high = character();
    }
    String text = regex.substring(start, at);
    if (high < FIRST || low > LAST) {
      out.append(isSmallLetters(text) ? ALL_CASES : text);
      return false;
    }
    refuse(low > FIRST || high < LAST);
    if (low < FIRST) {
      out.append(range(low, FIRST - 1));
    }
    if (high > LAST) {
      out.append(range(LAST + 1, high));
    }
    out.append(CAPITALS);
    return true;
  }

  private static String range(int low, int high) {
    return "\\x{" + Integer.toHexString(low) + "}-\\x{" + Integer.toHexString(high) + "}";
  }

  /** Steps behind a character; its code point, or -1 for what stands for several or for none. */
  private int character() {
    int codePoint = regex.codePointAt(at);
    at += Character.charCount(codePoint);
    if (codePoint != '\\' || at == regex.length()) {
      return codePoint;
    }
    int escaped = regex.codePointAt(at);
    at += Character.charCount(escaped);
    if (escaped == 'x') {
      return hexadecimal();
    }
    if (escaped < 0x80 && SETS.indexOf(escaped) >= 0) {
      boolean isNamed = (escaped == 'p' || escaped == 'P') && isNext("{");
      at = isNamed && regex.indexOf('}', at) > 0 ? regex.indexOf('}', at) + 1 : at;
      boolean isLetter = (escaped == 'p' || escaped == 'P') && !isNamed && at < regex.length();
      at += isLetter ? Character.charCount(regex.codePointAt(at)) : 0;
      return NO_CHARACTER;
    }
    return escaped >= '0' && escaped <= '7' ? octal(escaped - '0') : control(escaped);
  }

  private int hexadecimal() {
    int end = isNext("{") ? regex.indexOf('}', at) : Math.min(at + 2, regex.length());
    int from = isNext("{") ? at + 1 : at;
    if (end < from) {
      return NO_CHARACTER;
    }
    at = isNext("{") ? end + 1 : end;
    try {
      return Integer.parseInt(regex, from, end, 16);
    } catch (NumberFormatException e) {
      return NO_CHARACTER;
    }
  }

  private int octal(int first) {
    int value = first;
    for (int i = 0; i < 2 && at < regex.length(); i++) {
      int digit = regex.charAt(at) - '0';
      if (digit < 0 || digit > 7) {
        break;
      }
      value = value * 8 + digit;
      at++;
    }
    return value;
  }

  /** Letters that stand for control characters do so below all that matters here. */
  private static int control(int escaped) {
    return escaped < 0x80 && Character.isLetter(escaped) ? 1 : escaped;
  }

  private static boolean isSmallLetters(String text) {
    return text.equals("\\p{Ll}");
  }

  private static boolean isOneOfNine(int codePoint) {
    return codePoint >= FIRST && codePoint <= LAST;
  }

  private static void refuse(boolean isSo) {
    if (isSo) {
      throw new IllegalArgumentException(
          "the pattern has some of the letters U+1C80 to U+1C88 in it, whose case cannot be"
              + " ignored: leave them out, as in [a-\\x{1C7F}\\x{1C89}-\\x{10FFFF}], or set"
              + " case_sensitive: true");
    }
  }

  private boolean isNext(String text) {
    return regex.startsWith(text, at);
  }
}
