package dev.gatun.router.grounding;

import dev.gatun.router.text.Words;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run of letters and digits, or a stop between sentences, which ends every run of words.
 *
 * @param start where it begins, in UTF-16 units
 * @param end where it ends
 * @param folded without accents and capitals, numbers in one form: what words are compared by
 */
record Word(int start, int end, String folded, Kind kind) {
  /** What a word is: 0 other, 1 with a capital, 2 number. */
  enum Kind {
    OTHER(0),
    CAPITAL(1),
    NUMBER(2);

    private final int type;

    Kind(int type) {
      this.type = type;
    }

    /** What the model calls it. */
    int type() {
      return type;
    }
  }

  private static final String STOP = ".";
  private static final String STOPS = ".!?;";
  private static final int STEM_LENGTH = 5;
  private static final Map<String, String> NUMBERS =
      Map.ofEntries(
          Map.entry("two", "2"),
          Map.entry("three", "3"),
          Map.entry("four", "4"),
          Map.entry("five", "5"),
          Map.entry("six", "6"),
          Map.entry("seven", "7"),
          Map.entry("eight", "8"),
          Map.entry("nine", "9"),
          Map.entry("ten", "10"),
          Map.entry("eleven", "11"),
          Map.entry("twelve", "12"),
          Map.entry("twenty", "20"),
          Map.entry("thirty", "30"));

  boolean stop() {
    return folded.equals(STOP);
  }

  /** The words of a text in order. */
  static List<Word> of(String text) {
    List<Word> words = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = end(text, at);
      if (end > at) {
        words.add(word(text, at, end));
        at = end;
        continue;
      }
      if (STOPS.indexOf(text.charAt(at)) >= 0 && Words.end(text, at + 1) == at + 1) {
        words.add(new Word(at, at + 1, STOP, Kind.OTHER));
      }
      at += Character.charCount(text.codePointAt(at));
    }
    return words;
  }

  /** A comma before a group of three digits is part of a number. */
  private static int end(String text, int at) {
    int end = Words.end(text, at);
    if (end == at || !digits(text.substring(at, end))) {
      return end;
    }
    while (end < text.length() && text.charAt(end) == ',') {
      int group = Words.end(text, end + 1);
      if (group - end != 4 || !digits(text.substring(end + 1, group))) {
        break;
      }
      end = group;
    }
    return end;
  }

  private static Word word(String text, int start, int end) {
    String written = text.substring(start, end);
    String folded = folded(written);
    String spelled = NUMBERS.get(folded);
    if (spelled != null) {
      return new Word(start, end, spelled, Kind.NUMBER);
    }
    if (ordinal(folded)) {
      folded = folded.substring(0, folded.length() - 2);
    }
    if (folded.codePoints().anyMatch(Character::isDigit)) {
      return new Word(start, end, folded, Kind.NUMBER);
    }
    boolean capital = written.codePoints().anyMatch(Character::isUpperCase);
    return new Word(start, end, folded, capital ? Kind.CAPITAL : Kind.OTHER);
  }

  private static String folded(String written) {
    StringBuilder plain = new StringBuilder(written.length());
    Normalizer.normalize(written, Normalizer.Form.NFD)
        .codePoints()
        .filter(c -> c != ',' && Character.getType(c) != Character.NON_SPACING_MARK)
        .forEach(plain::appendCodePoint);
    return plain.toString().toLowerCase(Locale.ROOT);
  }

  private static boolean ordinal(String folded) {
    return folded.length() > 2
        && (folded.endsWith("st")
            || folded.endsWith("nd")
            || folded.endsWith("rd")
            || folded.endsWith("th"))
        && digits(folded.substring(0, folded.length() - 2));
  }

  private static boolean digits(String text) {
    return text.codePoints().allMatch(Character::isDigit);
  }

  /** What words of one root have in common, roughly: their first letters. */
  String stem() {
    if (kind == Kind.NUMBER || folded.length() < STEM_LENGTH - 1) {
      return folded;
    }
    String first = folded.substring(0, Math.min(STEM_LENGTH, folded.length()));
    return first.length() == STEM_LENGTH - 1 && first.endsWith("s")
        ? first.substring(0, first.length() - 1)
        : first;
  }
}
