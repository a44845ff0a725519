package dev.gatun.router.text;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.gatun.router.text.PatternPart.Chars;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reads as much of RE2's syntax as it takes to say what a match must contain. Case is ignored
 * throughout, and what is not understood ends the reading: then nothing is known.
 */
final class PatternParser {
  private static final String REPEATS = "*+?";
  private static final String ZERO_WIDTH = "bBAz";
  private static final String FLAGS = "imsU-";
  private static final int KELVIN_SIGN = 0x212A;
  private static final int LONG_S = 0x17F;

  private final String regex;
  private int at;

  private PatternParser(String regex) {
    this.regex = regex;
  }

  /** The parts of a well-formed pattern; empty when it holds something not known here. */
  static Optional<PatternPart> parse(String regex) {
    PatternParser parser = new PatternParser(regex);
    try {
      PatternPart whole = parser.alternatives();
      return parser.at == regex.length() ? Optional.of(whole) : Optional.empty();
    } catch (Unknown | PatternSyntaxException e) {
      return Optional.empty();
    }
  }

  /** The pattern holds something that this reader does not know. */
  private static final class Unknown extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unknown() {
      super("unknown syntax", null, false, false);
    }
  }

  private PatternPart alternatives() {
    List<PatternPart> branches = new ArrayList<>();
    branches.add(sequence());
    while (isNext('|')) {
      at++;
      branches.add(sequence());
    }
    return branches.size() == 1 ? branches.getFirst() : new PatternPart.Either(branches);
  }

  private PatternPart sequence() {
    List<PatternPart> parts = new ArrayList<>();
    while (at < regex.length() && !isNext('|') && !isNext(')')) {
      List<PatternPart> next = atom();
      Optional<Integer> least = repeat();
      if (least.isEmpty()) {
        parts.addAll(next);
      } else if (!next.isEmpty()) {
        // What is repeated is the last character of a quotation, or the whole of a group.
        parts.addAll(next.subList(0, next.size() - 1));
        parts.add(new PatternPart.Repeat(next.getLast(), least.get()));
      }
    }
    return new PatternPart.Sequence(parts);
  }

  /** The least number of repetitions, where some are written. */
  private Optional<Integer> repeat() {
    Optional<Integer> least = Optional.empty();
    while (at < regex.length()) {
      int one;
      if (REPEATS.indexOf(regex.charAt(at)) >= 0) {
        one = regex.charAt(at) == '+' ? 1 : 0;
        at++;
      } else if (isNext('{') && braces() > 0) {
        one = number(at + 1);
        at = braces();
      } else {
        break;
      }
      if (isNext('?')) {
        at++;
      }
      least = Optional.of(Math.min(least.orElse(one), one));
    }
    return least;
  }

  /** The end of {@code {n}}, {@code {n,}} or {@code {n,m}}; -1 where the brace means itself. */
  private int braces() {
    int i = at + 1;
    int digits = digits(i);
    if (digits == i) {
      return -1;
    }
    i = digits;
    if (i < regex.length() && regex.charAt(i) == ',') {
      i = digits(i + 1);
    }
    return i < regex.length() && regex.charAt(i) == '}' ? i + 1 : -1;
  }

  private int digits(int from) {
    int i = from;
    while (i < regex.length() && regex.charAt(i) >= '0' && regex.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  private int number(int from) {
    return Integer.parseInt(regex, from, digits(from), 10);
  }

  private List<PatternPart> atom() {
    char c = regex.charAt(at);
    return switch (c) {
      case '(' -> group();
      case '[' -> List.of(chars(endOfBrackets()));
      case '\\' -> escape();
      case '.' -> {
        at++;
        yield List.of(Chars.ANY);
      }
      case '^', '$' -> {
        at++;
        yield List.of();
      }
      default -> {
        int codePoint = regex.codePointAt(at);
        at += Character.charCount(codePoint);
        yield List.of(Chars.of(codePoint));
      }
    };
  }

  private List<PatternPart> group() {
    at++;
    if (isNext('?')) {
      at++;
      if (isNext('P') || isNext('<')) {
        at = after('>');
      } else if (isFlags()) {
        return List.of();
      }
    }
    PatternPart inner = alternatives();
    if (!isNext(')')) {
      throw new Unknown();
    }
    at++;
    return List.of(inner);
  }

  /** Steps behind flags; whether they are a group of their own. */
  private boolean isFlags() {
    while (at < regex.length() && FLAGS.indexOf(regex.charAt(at)) >= 0) {
      at++;
    }
    if (!isNext(':') && !isNext(')')) {
      throw new Unknown();
    }
    at++;
    return regex.charAt(at - 1) == ')';
  }

  private List<PatternPart> escape() {
    if (at + 1 == regex.length()) {
      throw new Unknown();
    }
    char c = regex.charAt(at + 1);
    if (ZERO_WIDTH.indexOf(c) >= 0) {
      at += 2;
      return List.of();
    }
    if (c == 'Q') {
      return quotation();
    }
    boolean isLetter = c < 0x80 && Character.isLetterOrDigit(c);
    if (!isLetter) {
      at++;
      int codePoint = regex.codePointAt(at);
      at += Character.charCount(codePoint);
      return List.of(Chars.of(codePoint));
    }
    if ((c == 'p' || c == 'P' || c == 'x') && at + 2 < regex.length()) {
      boolean isLong = regex.charAt(at + 2) == '{';
      int end = isLong ? regex.indexOf('}', at) + 1 : at + (c == 'x' ? 4 : 3);
      return List.of(chars(end));
    }
    if ("dDsSwWafnrtv".indexOf(c) < 0) {
      throw new Unknown();
    }
    return List.of(chars(at + 2));
  }

  private List<PatternPart> quotation() {
    int end = regex.indexOf("\\E", at);
    String quoted = regex.substring(at + 2, end < 0 ? regex.length() : end);
    at = end < 0 ? regex.length() : end + 2;
    return quoted.codePoints().<PatternPart>mapToObj(Chars::of).toList();
  }

  private int endOfBrackets() {
    int i = at + 1;
    if (i < regex.length() && regex.charAt(i) == '^') {
      i++;
    }
    boolean isFirst = true;
    while (i < regex.length() && (isFirst || regex.charAt(i) != ']')) {
      isFirst = false;
      if (regex.startsWith("[:", i) && regex.indexOf(":]", i) > 0) {
        i = regex.indexOf(":]", i) + 2;
      } else {
        i += regex.charAt(i) == '\\' ? 2 : 1;
      }
    }
    return i + 1;
  }

  /**
   * What RE2 itself takes the text up to {@code end} for, in any case of the character: with case
   * ignored a set excludes more than without, and the pattern may do either.
   */
  private Chars chars(int end) {
    if (end <= at || end > regex.length()) {
      throw new Unknown();
    }
    String text = regex.substring(at, end);
    Pattern one = Pattern.compile(text);
    at = end;
    return Chars.where(
        c -> cases(c).anyMatch(each -> one.matches(Character.toString(each))), !isOfAscii(text));
  }

  private static IntStream cases(int c) {
    int lower = Character.toLowerCase(c);
    IntStream both = IntStream.of(lower, Character.toUpperCase(c));
    return switch (lower) {
      case 'k' -> IntStream.concat(both, IntStream.of(KELVIN_SIGN));
      case 's' -> IntStream.concat(both, IntStream.of(LONG_S));
      default -> both;
    };
  }

  /** Whether a set names characters of ASCII alone, none of them by exclusion. */
  private static boolean isOfAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      boolean isWide =
          text.charAt(i) >= 0x80
              || text.charAt(i) == '^'
              || (text.charAt(i) == '\\'
                  && i + 1 < text.length()
                  && "pPDSWx".indexOf(text.charAt(i + 1)) >= 0);
      if (isWide) {
        return false;
      }
    }
    return true;
  }

  private int after(char c) {
    int end = regex.indexOf(c, at);
    if (end < 0) {
      throw new Unknown();
    }
    return end + 1;
  }

  private boolean isNext(char c) {
    return at < regex.length() && regex.charAt(at) == c;
  }
}
