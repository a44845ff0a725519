package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What in a text decides its answer however alike another text looks: numbers, negations, quoted
 * strings, names, and words with an opposite. An answer to one text is none to another that differs
 * in them.
 *
 * @param numbers as digits, spelled ones too, and signs of arithmetic between them, sorted
 * @param negations how many
 * @param quotes quoted strings, sorted
 * @param names stems of words written as names: with a capital inside of a sentence
 * @param words stems of all words
 */
public record Decisive(
    List<String> numbers,
    int negations,
    List<String> quotes,
    Set<String> names,
    Set<String> words) {
  private static final Set<String> NEGATIONS =
      Set.of(
          "not",
          "no",
          "never",
          "none",
          "nobody",
          "nothing",
          "nowhere",
          "neither",
          "nor",
          "cannot",
          "without",
          "dont",
          "doesnt",
          "didnt",
          "cant",
          "couldnt",
          "wont",
          "wouldnt",
          "shouldnt",
          "isnt",
          "arent",
          "wasnt",
          "werent",
          "hasnt",
          "havent",
          "hadnt",
          "aint",
          "unable");

  private static final List<String> SPELLED =
      List.of(
          "zero",
          "one",
          "two",
          "three",
          "four",
          "five",
          "six",
          "seven",
          "eight",
          "nine",
          "ten",
          "eleven",
          "twelve",
          "thirteen",
          "fourteen",
          "fifteen",
          "sixteen",
          "seventeen",
          "eighteen",
          "nineteen");

  private static final List<String> TENS =
      List.of("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety");

  private static final String ARITHMETIC = "+-*/^=<>\u00d7\u00f7\u2212";

  public Decisive {
    numbers = List.copyOf(numbers);
    quotes = List.copyOf(quotes);
    names = Set.copyOf(names);
    words = Set.copyOf(words);
  }

  /** What separates two texts. */
  public enum Difference {
    NUMBERS,
    NEGATION,
    QUOTES,
    NAMES,
    OPPOSITES;

    /** The word for it in answers. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Reads a text. */
  public static Decisive of(String text) {
    return new Reader(text).read();
  }

  /** What makes this text another question than the other one; empty when nothing does. */
  public Optional<Difference> from(Decisive other) {
    if (!numbers.equals(other.numbers)) {
      return Optional.of(Difference.NUMBERS);
    }
    if (negations != other.negations) {
      return Optional.of(Difference.NEGATION);
    }
    if (!quotes.equals(other.quotes)) {
      return Optional.of(Difference.QUOTES);
    }
    if (!without(names, other.words).isEmpty() && !without(other.names, words).isEmpty()) {
      return Optional.of(Difference.NAMES);
    }
    return Contrasts.between(without(words, other.words), without(other.words, words))
        ? Optional.of(Difference.OPPOSITES)
        : Optional.empty();
  }

  private static Set<String> without(Set<String> some, Set<String> others) {
    Set<String> left = new HashSet<>(some);
    left.removeAll(others);
    return left;
  }

  /** One pass over a text. */
  private static final class Reader {
    private final String text;
    private final List<String> numbers = new ArrayList<>();
    private final List<String> quotes = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Set<String> words = new HashSet<>();
    private int negations;
    private int tens;
    private boolean opening = true;

    Reader(String text) {
      this.text = text;
    }

    Decisive read() {
      int at = 0;
      while (at < text.length()) {
        int code = text.codePointAt(at);
        if (Character.isDigit(code)) {
          at = number(at);
        } else if (Character.isLetter(code)) {
          at = word(at);
        } else {
          at = sign(at);
        }
      }
      flushTens();
      Collections.sort(numbers);
      Collections.sort(quotes);
      return new Decisive(numbers, negations, quotes, names, words);
    }

    /** Digits with points or commas among them; commas before three digits only group. */
    private int number(int from) {
      flushTens();
      StringBuilder digits = new StringBuilder();
      int at = from;
      while (at < text.length()) {
        char c = text.charAt(at);
        boolean inside = at + 1 < text.length() && Character.isDigit(text.charAt(at + 1));
        if (Character.isDigit(c)) {
          digits.append(Character.digit(c, 10));
        } else if (c == ',' && inside && groups(at)) {
          at++;
          continue;
        } else if ((c == '.' || c == ',') && inside) {
          digits.append('.');
        } else {
          break;
        }
        at++;
      }
      numbers.add(plain(digits.toString()));
      opening = false;
      return at;
    }

    private boolean groups(int comma) {
      int end = comma + 1;
      while (end < text.length() && Character.isDigit(text.charAt(end))) {
        end++;
      }
      return end - comma == 4;
    }

    /** Without zeros that change nothing. */
    private static String plain(String digits) {
      int from = 0;
      while (from + 1 < digits.length()
          && digits.charAt(from) == '0'
          && digits.charAt(from + 1) != '.') {
        from++;
      }
      int to = digits.length();
      if (digits.indexOf('.') == digits.lastIndexOf('.') && digits.indexOf('.') >= 0) {
        while (digits.charAt(to - 1) == '0') {
          to--;
        }
        to = digits.charAt(to - 1) == '.' ? to - 1 : to;
      }
      return digits.substring(from, to);
    }

    private int word(int from) {
      int at = from;
      while (at < text.length() && inWord(at)) {
        at += Character.charCount(text.codePointAt(at));
      }
      String written = text.substring(from, at);
      String lower = written.toLowerCase(Locale.ROOT).replace('\u2019', '\'');
      spelled(lower);
      if (NEGATIONS.contains(lower) || lower.endsWith("n't")) {
        negations++;
      }
      String stem =
          Contrasts.stem(lower.endsWith("'s") ? lower.substring(0, lower.length() - 2) : lower);
      words.add(stem);
      boolean pronoun = lower.equals("i") || lower.startsWith("i'");
      if (!opening && !pronoun && Character.isUpperCase(written.codePointAt(0))) {
        names.add(stem);
      }
      opening = false;
      return at;
    }

    /** Letters, apostrophes between letters, and the signs of C++, C# and the like. */
    private boolean inWord(int at) {
      int code = text.codePointAt(at);
      if (Character.isLetter(code) || Character.getType(code) == Character.NON_SPACING_MARK) {
        return true;
      }
      if (code == '\'' || code == '\u2019') {
        return at + 1 < text.length() && Character.isLetter(text.codePointAt(at + 1));
      }
      return (code == '+' || code == '#')
          && (at + 1 == text.length() || !Character.isLetterOrDigit(text.codePointAt(at + 1)));
    }

    /** "twenty", "twenty five" and "five" are numbers; "one" mostly is a pronoun. */
    private void spelled(String word) {
      int small = SPELLED.indexOf(word);
      if (tens > 0 && small > 0 && small < 10) {
        numbers.add(Integer.toString(tens + small));
        tens = 0;
        return;
      }
      flushTens();
      if (TENS.contains(word)) {
        tens = 20 + 10 * TENS.indexOf(word);
      } else if (small >= 0 && small != 1) {
        numbers.add(Integer.toString(small));
      }
    }

    private void flushTens() {
      if (tens > 0) {
        numbers.add(Integer.toString(tens));
        tens = 0;
      }
    }

    private int sign(int at) {
      int code = text.codePointAt(at);
      int next = at + Character.charCount(code);
      if (code == '.' || code == '!' || code == '?' || code == '\n' || code == ':') {
        opening = true;
      }
      if (ARITHMETIC.indexOf(code) >= 0 && digitBefore(at) && digitAfter(next)) {
        numbers.add(Character.toString(code));
      }
      int closing = closing(code, at);
      if (closing > next) {
        quotes.add(text.substring(next, closing).strip().toLowerCase(Locale.ROOT));
        opening = true;
      }
      return next;
    }

    private boolean digitBefore(int at) {
      int i = at - 1;
      while (i >= 0 && text.charAt(i) == ' ') {
        i--;
      }
      return i >= 0 && (Character.isDigit(text.charAt(i)) || text.charAt(i) == ')');
    }

    private boolean digitAfter(int at) {
      int i = at;
      while (i < text.length() && text.charAt(i) == ' ') {
        i++;
      }
      return i < text.length() && (Character.isDigit(text.charAt(i)) || text.charAt(i) == '(');
    }

    /** Where the string ends that a quotation mark opens; -1 when it opens none. */
    private int closing(int code, int at) {
      return switch (code) {
        case '"', '`' -> even(code, at) ? text.indexOf(code, at + 1) : -1;
        case '\u201c' -> text.indexOf('\u201d', at);
        case '\u00ab' -> text.indexOf('\u00bb', at);
        case '\u201e' -> Math.max(text.indexOf('\u201c', at), text.indexOf('\u201d', at));
        default -> -1;
      };
    }

    /** Whether as many such marks stand before this one as open and close strings. */
    private boolean even(int code, int at) {
      return text.substring(0, at).codePoints().filter(c -> c == code).count() % 2 == 0;
    }
  }
}
