package dev.gatun.router.text;

import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.tartarus.snowball.ext.EnglishStemmer;

/**
 * Turns text into search terms: words in lower case without accents, English function words
 * dropped, the rest reduced to their stem (Snowball English). Text of scripts without blanks
 * becomes overlapping pairs of characters.
 */
final class Terms {
  private static final Set<String> FUNCTION_WORDS =
      Set.of(
          """
          a about above after again against all am an and any are as at be because been before \
          being below between both but by can could did do does doing don down during each few \
          for from further had has have having he her here hers herself him himself his how i if \
          in into is it its itself just ll me might more most must my myself no nor not now of \
          off on once only or other our ours ourselves out over own re s same shall she should \
          so some such t than that the their theirs them themselves then there these they this \
          those through to too under until up ve very was we were what when where which while \
          who whom why will with would you your yours yourself yourselves\
          """
              .split(" "));

  private Terms() {}

  /** How often each term of a text occurs, in the order of first occurrence. */
  static Map<String, Integer> of(String text) {
    return new Reading((_, _, _) -> true, _ -> true).of(text);
  }

  /** The same for the terms of a vocabulary alone. */
  static Map<String, Integer> of(String text, Vocabulary vocabulary) {
    return new Reading(vocabulary::mayHaveStemOf, vocabulary::has).of(text);
  }

  /** Whether a word, from one index to before another, is looked at. */
  private interface WordTest {
    boolean test(char[] text, int start, int end);
  }

  /** One reading of a text. */
  private static final class Reading {
    private final WordTest isStemmed;
    private final Predicate<String> isWanted;
    private final EnglishStemmer stemmer = new EnglishStemmer();
    private final Map<String, Integer> words = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    /**
     * A reading.
     *
     * @param isStemmed whether a word is looked at
     * @param isWanted whether a term counts
     */
    Reading(WordTest isStemmed, Predicate<String> isWanted) {
      this.isStemmed = isStemmed;
      this.isWanted = isWanted;
    }

    /** Each word is stemmed once. */
    Map<String, Integer> of(String text) {
      char[] plain = withoutAccents(text);
      int start = -1;
      boolean isAscii = true;
      for (int i = 0; i < plain.length; ) {
        int c = Character.codePointAt(plain, i);
        if (isLetterOrDigit(c)) {
          isAscii = start < 0 ? c < 0x80 : isAscii && c < 0x80;
          start = start < 0 ? i : start;
        } else if (start >= 0) {
          word(plain, start, i, isAscii);
          start = -1;
        }
        i += Character.charCount(c);
      }
      if (start >= 0) {
        word(plain, start, plain.length, isAscii);
      }
      words.forEach(this::add);
      return counts;
    }

    private static boolean isLetterOrDigit(int c) {
      return c < 0x80
          ? (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
          : Character.isLetterOrDigit(c);
    }

    private void word(char[] text, int from, int to, boolean isAscii) {
      int start = from;
      while (start < to) {
        int end = isAscii ? to : endOfScript(text, start, to);
        if (isStemmed.test(text, start, end)) {
          words.merge(new String(text, start, end - start), 1, Integer::sum);
        }
        start = end;
      }
    }

    private void add(String run, int times) {
      if (WordClass.isUnspaced(run.codePointAt(0))) {
        addPairs(run, times);
      } else if (!FUNCTION_WORDS.contains(run)) {
        stemmer.setCurrent(run);
        stemmer.stem();
        count(stemmer.getCurrent(), times);
      }
    }

    private void addPairs(String run, int times) {
      int[] characters = run.codePoints().toArray();
      if (characters.length == 1) {
        count(run, times);
      }
      for (int i = 0; i + 1 < characters.length; i++) {
        count(new String(characters, i, 2), times);
      }
    }

    private void count(String term, int times) {
      if (isWanted.test(term)) {
        counts.merge(term, times, Integer::sum);
      }
    }
  }

  /** Where the script changes between one with and one without blanks. */
  private static int endOfScript(char[] text, int start, int to) {
    boolean unspaced = WordClass.isUnspaced(Character.codePointAt(text, start));
    int index = start;
    while (index < to && WordClass.isUnspaced(Character.codePointAt(text, index)) == unspaced) {
      index += Character.charCount(Character.codePointAt(text, index));
    }
    return index;
  }

  /** In lower case, too. */
  private static char[] withoutAccents(String text) {
    char[] chars = text.toCharArray();
    if (CaseFolding.isAscii(chars)) {
      CaseFolding.foldAscii(chars);
      return chars;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    if (isPlain(lower)) {
      return lower.toCharArray();
    }
    String decomposed = Normalizer.normalize(lower, Normalizer.Form.NFD);
    StringBuilder plain = new StringBuilder(text.length());
    decomposed.codePoints().filter(c -> !(c >= 0x300 && c < 0x370)).forEach(plain::appendCodePoint);
    return Normalizer.normalize(plain, Normalizer.Form.NFC).toCharArray();
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isPlain(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether there is no accent to take off a character, and nothing to put together with it. */
  private static boolean isPlain(char c) {
    return c < 0x80
        || (c >= 0x2010 && c <= 0x2027)
        || (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3001 && c <= 0x3003)
        || (c >= 0xFF01 && c <= 0xFF20);
  }
}
