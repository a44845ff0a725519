package dev.gatun.router.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.text.LiteralAutomaton.Literal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keywords wherever they stand, also across the place where both halves of a text meet. */
class LiteralAutomatonTest {
  private static BitSet found(List<Literal> literals, boolean foldsCase, String text) {
    BitSet found = new BitSet();
    new LiteralAutomaton(literals, foldsCase, WordClass.UNICODE).find(text, found);
    return found;
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "ab", "abc", "needle", "größe", "核实一下"})
  void aKeywordIsFoundAtEveryPlace(String keyword) {
    List<Literal> literals = List.of(new Literal(0, keyword, false), new Literal(1, "zzz", false));
    for (int length = keyword.length(); length < 24; length++) {
      for (int at = 0; at + keyword.length() <= length; at++) {
        String text = "-".repeat(at) + keyword + "-".repeat(length - at - keyword.length());
        assertEquals(BitSet.valueOf(new long[] {1}), found(literals, true, text), text);
      }
    }
  }

  /** The same as looking for one keyword after the other. */
  @Test
  void manyKeywordsAreFoundTogether() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 2_000; round++) {
      List<Literal> literals = new ArrayList<>();
      for (int id = 0; id < 12; id++) {
        literals.add(new Literal(id, letters(random, 1 + random.nextInt(5)), random.nextBoolean()));
      }
      String text = letters(random, random.nextInt(40));
      boolean foldsCase = random.nextBoolean();
      BitSet expected = new BitSet();
      literals.stream()
          .filter(literal -> occurs(literal, foldsCase, text))
          .forEach(literal -> expected.set(literal.id()));
      assertEquals(expected, found(literals, foldsCase, text), literals + " in " + text);
    }
  }

  private static boolean occurs(Literal literal, boolean foldsCase, String text) {
    String word = foldsCase ? literal.text().toLowerCase(Locale.ROOT) : literal.text();
    String searched = foldsCase ? text.toLowerCase(Locale.ROOT) : text;
    return IntStream.rangeClosed(0, text.length() - word.length())
        .filter(at -> searched.startsWith(word, at))
        .anyMatch(at ->
            !literal.bounded()
                || (WordClass.UNICODE.isBoundary(text, at)
                    && WordClass.UNICODE.isBoundary(text, at + word.length())));
  }

  private static String letters(SplittableRandom random, int count) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < count; i++) {
      letters.append("aabBc é ".charAt(random.nextInt(8)));
    }
    return letters.toString();
  }
}
