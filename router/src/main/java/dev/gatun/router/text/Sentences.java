package dev.gatun.router.text;

import dev.gatun.router.model.Compatibility;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts texts of any script into sentences. A sentence ends at a mark such as {@code .} or {@code
 * 。}, with the marks that follow it, but not inside a decimal number nor after an initial.
 */
public final class Sentences {
  /** Latin, full-width, Arabic, Devanagari, Ethiopic and Armenian marks. */
  private static final String MARKS = ".!?。！？؟।॥።։";

  private Sentences() {}

  /**
   * The sentences of a text in order, without blanks at their ends.
   *
   * @param compatibility whether blank lines, list items and fences of code end a sentence too
   */
  public static List<String> of(String text, Compatibility compatibility) {
    List<String> sentences = new ArrayList<>();
    switch (compatibility) {
      case GATUN -> Blocks.of(text).forEach(block -> cut(block.text(), block.from(), sentences));
      case UPSTREAM_0_3 -> cut(text, 0, sentences);
    }
    return sentences;
  }

  /** Adds the sentences of a text none of which ends before {@code from}. */
  private static void cut(String whole, int from, List<String> sentences) {
    String text = Blanks.strip(whole, 0, whole.length());
    int start = 0;
    int at = from;
    while (at < text.length()) {
      if (!isMark(text.charAt(at)) || isInside(text, start, at)) {
        at++;
        continue;
      }
      int end = at;
      while (end < text.length() && isMark(text.charAt(end))) {
        end++;
      }
      add(text, start, end, sentences);
      start = Blanks.skip(text, end, text.length());
      at = start;
    }
    add(text, start, text.length(), sentences);
  }

  private static void add(String text, int start, int end, List<String> sentences) {
    String sentence = Blanks.strip(text, start, end);
    if (!sentence.isEmpty()) {
      sentences.add(sentence);
    }
  }

  private static boolean isMark(char c) {
    return MARKS.indexOf(c) >= 0;
  }

  /** Whether a full stop belongs to a number such as 3.14 or to an initial as in "J. Bach". */
  private static boolean isInside(String text, int start, int at) {
    if (text.charAt(at) != '.' || at == start) {
      return false;
    }
    int before = text.codePointBefore(at);
    int after = codePoint(text, at + 1);
    if (Character.isDigit(before) && Character.isDigit(after)) {
      return true;
    }
    int initial = at - Character.charCount(before);
    boolean alone = initial == start || text.charAt(initial - 1) == ' ';
    return alone && isCapital(before) && after == ' ' && isCapital(codePoint(text, at + 2));
  }

  private static boolean isCapital(int codePoint) {
    return Character.getType(codePoint) == Character.UPPERCASE_LETTER;
  }

  /** The character at a place; 0 behind the end. */
  private static int codePoint(String text, int at) {
    return at < text.length() ? text.codePointAt(at) : 0;
  }
}
