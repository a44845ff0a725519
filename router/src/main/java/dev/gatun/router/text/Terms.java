package dev.gatun.router.text;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.tartarus.snowball.ext.EnglishStemmer;

/**
 * Turns text into search terms: words in lower case and letters of ASCII, divided as Unicode
 * divides words (UAX #29), English function words dropped, the rest reduced to their stem (Snowball
 * English). Text of scripts without blanks becomes overlapping pairs of characters.
 */
final class Terms {
  private static final Set<String> FUNCTION_WORDS =
      Set.of(
          """
          a about above after again against ain all am an and any are aren aren't as at be \
          because been before being below between both but by can couldn couldn't d did didn \
          didn't do does doesn doesn't doing don don't down during each few for from further had \
          hadn hadn't has hasn hasn't have haven haven't having he her here hers herself him \
          himself his how i if in into is isn isn't it it's its itself just ll m ma me mightn \
          mightn't more most mustn mustn't my myself needn needn't no nor not now o of off on \
          once only or other our ours ourselves out over own re s same shan shan't she she's \
          should should've shouldn shouldn't so some such t than that that'll the their theirs \
          them themselves then there these they this those through to too under until up ve very \
          was wasn wasn't we were weren weren't what when where which while who whom why will \
          with won won't wouldn wouldn't y you you'd you'll you're you've your yours yourself \
          yourselves\
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
      char[] plain = PlainText.of(text);
      int start = 0;
      while (start < plain.length) {
        int end = plain[start] < 0x80 ? AsciiWords.end(plain, start) : endOfRun(plain, start);
        if (end > start && isStemmed.test(plain, start, end)) {
          words.merge(new String(plain, start, end - start), 1, Integer::sum);
        }
        start = Math.max(Math.max(end, ~end), start + 1);
      }
      words.forEach(this::add);
      return counts;
    }

    private void add(String run, int times) {
      if (run.charAt(0) >= 0x80) {
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

  /** Where a run of letters and digits of scripts without blanks ends. */
  private static int endOfRun(char[] text, int start) {
    int index = start;
    while (index < text.length && text[index] >= 0x80) {
      int c = Character.codePointAt(text, index);
      if (!Character.isLetterOrDigit(c)) {
        break;
      }
      index += Character.charCount(c);
    }
    return index;
  }
}
