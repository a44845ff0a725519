package dev.gatun.router.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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

  /** The terms of a text in order, with repetitions. */
  static List<String> of(String text) {
    EnglishStemmer stemmer = new EnglishStemmer();
    List<String> terms = new ArrayList<>();
    for (String word : Words.lowerCase(withoutAccents(text))) {
      int start = 0;
      while (start < word.length()) {
        int end = endOfScript(word, start);
        addTerms(word.substring(start, end), stemmer, terms);
        start = end;
      }
    }
    return terms;
  }

  private static void addTerms(String run, EnglishStemmer stemmer, List<String> terms) {
    if (WordClass.isUnspaced(run.codePointAt(0))) {
      addPairs(run, terms);
    } else if (!FUNCTION_WORDS.contains(run)) {
      stemmer.setCurrent(run);
      stemmer.stem();
      terms.add(stemmer.getCurrent());
    }
  }

  private static void addPairs(String run, List<String> terms) {
    int[] characters = run.codePoints().toArray();
    if (characters.length == 1) {
      terms.add(run);
    }
    for (int i = 0; i + 1 < characters.length; i++) {
      terms.add(new String(characters, i, 2));
    }
  }

  /** Where the script changes between one with and one without blanks. */
  private static int endOfScript(String word, int start) {
    boolean unspaced = WordClass.isUnspaced(word.codePointAt(start));
    int index = start;
    while (index < word.length() && WordClass.isUnspaced(word.codePointAt(index)) == unspaced) {
      index += Character.charCount(word.codePointAt(index));
    }
    return index;
  }

  private static String withoutAccents(String text) {
    String decomposed = Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
    StringBuilder plain = new StringBuilder(text.length());
    decomposed.codePoints().filter(c -> !(c >= 0x300 && c < 0x370)).forEach(plain::appendCodePoint);
    return Normalizer.normalize(plain, Normalizer.Form.NFC);
  }
}
