package dev.gatun.router.text;

import com.google.re2j.Matcher;
import com.google.re2j.PatternSyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A user's regular expression in RE2 syntax, matched in time linear in the text. */
public final class Pattern {
  /** Longest pattern accepted, in bytes of UTF-8. */
  public static final int BYTES_MAX = 1000;

  /** What means something else than itself, in or outside of brackets. */
  private static final String SYNTAX = "\\.+*?()|[]{}^$-&:";

  private final com.google.re2j.Pattern compiled;
  private final Search search;
  private final Required required;

  private Pattern(String regex, com.google.re2j.Pattern compiled) {
    this.compiled = compiled;
    search = search(regex);
    required = search instanceof Search.Automaton ? Required.by(regex) : Required.NOTHING;
  }

  /**
   * Words without which the pattern does not occur: of every list one must be in the text, whatever
   * its case. Whoever searches for many patterns looks for all their words first.
   */
  public List<List<String>> requiredWords() {
    return required.words();
  }

  /** How occurrences are found; what needs no automaton is searched without. */
  private sealed interface Search {
    /** One character of several, such as {@code [?!]}. */
    record OneOf(String characters) implements Search {}

    record Literal(String text) implements Search {}

    record Automaton() implements Search {}
  }

  /**
   * Compiles a pattern.
   *
   * @throws IllegalArgumentException when it is malformed or too long; the message says which
   */
  public static Pattern compile(String regex, boolean caseSensitive) {
    int bytes = regex.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > BYTES_MAX) {
      throw new IllegalArgumentException(
          "the pattern has " + bytes + " bytes, more than " + BYTES_MAX);
    }
    try {
      int flags = caseSensitive ? 0 : com.google.re2j.Pattern.CASE_INSENSITIVE;
      String written = caseSensitive && !hasFlags(regex) ? regex : CaseIgnored.of(regex);
      return new Pattern(regex, com.google.re2j.Pattern.compile(written, flags));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("the pattern is malformed: " + e.getMessage(), e);
    }
  }

  /** Whether a pattern may ignore case by itself. */
  private static boolean hasFlags(String regex) {
    int at = regex.indexOf("(?");
    return at >= 0 && regex.indexOf('i', at) >= 0;
  }

  private static Search search(String regex) {
    if (!regex.isEmpty() && isPlain(regex)) {
      return new Search.Literal(regex);
    }
    if (regex.length() > 2 && regex.startsWith("[") && regex.endsWith("]")) {
      String inner = regex.substring(1, regex.length() - 1);
      if (inner.chars().allMatch(c -> isPlain(c) || isPlainInBrackets(c))) {
        return new Search.OneOf(inner);
      }
    }
    return new Search.Automaton();
  }

  private static boolean isPlain(String regex) {
    return regex.chars().allMatch(Pattern::isPlain);
  }

  /** Whether a character stands for itself and has no other case. */
  private static boolean isPlain(int c) {
    return SYNTAX.indexOf(c) < 0 && !Character.isLetter(c) && !Character.isSurrogate((char) c);
  }

  private static boolean isPlainInBrackets(int c) {
    return ".+*?()|{}$".indexOf(c) >= 0;
  }

  /** Whether the pattern occurs anywhere in the text. */
  public boolean occursIn(String text) {
    return occursIn(new FoldableText(text));
  }

  /** The same for a text that is searched for many patterns. */
  public boolean occursIn(FoldableText foldable) {
    String text = foldable.text();
    return switch (search) {
      case Search.OneOf(String characters) ->
          characters.chars().anyMatch(c -> text.indexOf(c) >= 0);
      case Search.Literal(String literal) -> text.contains(literal);
      case Search.Automaton() -> isPossible(foldable) && compiled.matcher(text).find();
    };
  }

  /**
   * How often the pattern occurs without overlaps; an empty occurrence right behind another one
   * does not count, nor one between the halves of a character.
   */
  public int count(String text) {
    return count(new FoldableText(text));
  }

  /** The same for a text that is searched for many patterns. */
  public int count(FoldableText foldable) {
    String text = foldable.text();
    return switch (search) {
      case Search.OneOf(String characters) -> countOneOf(characters, text);
      case Search.Literal(String literal) -> countLiteral(literal, text);
      case Search.Automaton() -> isPossible(foldable) ? count(compiled.matcher(text), text) : 0;
    };
  }

  private boolean isPossible(FoldableText text) {
    return required.run().isEmpty()
        || (required.runMayBeAmong(text.characters()) && required.runOccursIn(text.text()));
  }

  private static int countOneOf(String characters, String text) {
    int count = 0;
    for (int i = 0; i < characters.length(); i++) {
      boolean isFirst = characters.indexOf(characters.charAt(i)) == i;
      count += isFirst ? countLiteral(characters.substring(i, i + 1), text) : 0;
    }
    return count;
  }

  private static int countLiteral(String literal, String text) {
    int count = 0;
    int at = text.indexOf(literal);
    while (at >= 0) {
      count++;
      at = text.indexOf(literal, at + literal.length());
    }
    return count;
  }

  private static int count(Matcher matcher, String text) {
    int count = 0;
    int last = -1;
    while (matcher.find()) {
      boolean isEmpty = matcher.start() == matcher.end();
      if (!isEmpty || (matcher.start() != last && !isInsideCharacter(text, matcher.start()))) {
        count++;
      }
      last = matcher.end();
    }
    return count;
  }

  private static boolean isInsideCharacter(String text, int index) {
    return index > 0
        && index < text.length()
        && Character.isSurrogatePair(text.charAt(index - 1), text.charAt(index));
  }

  /** Tells a receiver where the parts that match are, those without length left out. */
  public void forEach(String text, Found found) {
    if (!required.runOccursIn(text)) {
      return;
    }
    Matcher matcher = compiled.matcher(text);
    while (matcher.find()) {
      if (matcher.end() > matcher.start()) {
        found.at(matcher.start(), matcher.end());
      }
    }
  }

  /** Takes a part of a text. */
  @FunctionalInterface
  public interface Found {
    /** The part from UTF-16 unit {@code start} to before {@code end}. */
    void at(int start, int end);
  }
}
