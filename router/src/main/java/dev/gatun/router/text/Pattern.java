package dev.gatun.router.text;

import com.google.re2j.Matcher;
import com.google.re2j.PatternSyntaxException;
import java.nio.charset.StandardCharsets;

/** A user's regular expression in RE2 syntax, matched in time linear in the text. */
public final class Pattern {
  /** Longest pattern accepted, in bytes of UTF-8. */
  public static final int BYTES_MAX = 1000;

  private final com.google.re2j.Pattern compiled;

  private Pattern(com.google.re2j.Pattern compiled) {
    this.compiled = compiled;
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
      return new Pattern(com.google.re2j.Pattern.compile(regex, flags));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("the pattern is malformed: " + e.getMessage(), e);
    }
  }

  /** Whether the pattern occurs anywhere in the text. */
  public boolean occursIn(String text) {
    return compiled.matcher(text).find();
  }

  /**
   * How often the pattern occurs without overlaps; an empty occurrence right behind another one
   * does not count, nor one between the halves of a character.
   */
  public int count(String text) {
    Matcher matcher = compiled.matcher(text);
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
