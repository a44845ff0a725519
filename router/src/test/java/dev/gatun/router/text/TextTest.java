package dev.gatun.router.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.text.LiteralAutomaton.Literal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void distanceCountsCharactersNotUnits() {
    assertEquals(3, Levenshtein.distance("kitten", "sitting"));
    assertEquals(1, Levenshtein.distance("a😀c", "a😁c"));
    assertEquals(2, Levenshtein.distance("", "ab"));
  }

  @Test
  void theNearestNameIsAtMostThreeEditsAway() {
    List<String> known = List.of("priority", "description", "tier");
    assertEquals(Optional.of("priority"), Nearest.name("prioritty", known));
    assertEquals(Optional.of("tier"), Nearest.name("Teir", known));
    assertEquals(Optional.empty(), Nearest.name("colour", known));
  }

  @Test
  void aNameIsNotNearWhenNothingOfItIsLeft() {
    assertEquals(Optional.empty(), Nearest.name("xyz", List.of("or")));
  }

  @Test
  void similarityRoundsEditsDown() {
    assertEquals(1, new Fuzziness.Similarity(82).edits(10));
    assertEquals(2, new Fuzziness.Edits(2).edits(10));
    assertEquals(-1, new Fuzziness.Exact().edits(10));
  }

  @Test
  void aPatternThatIsTooLongOrMalformedIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Pattern.compile("(", true));
    String longest = "a".repeat(Pattern.BYTES_MAX);
    assertTrue(Pattern.compile(longest, true).occursIn(longest));
    assertThrows(IllegalArgumentException.class, () -> Pattern.compile(longest + "a", true));
  }

  @Test
  void termsAreStemsWithoutFunctionWordsAndAccents() {
    assertEquals(List.of("run", "cafe"), terms("I was running to the Cafés"));
    assertEquals(List.of("退款", "款申", "申请"), terms("退款申请"));
    assertEquals(List.of("gpu", "集群"), terms("GPU集群"));
    assertEquals(Map.of("run", 3, "cafe", 1), Terms.of("Run, runs, café: running"));
    assertTrue(Bm25.isEmpty("to be or not to be"));
  }

  @Test
  void termsAreDividedAsUnicodeDividesWords() {
    assertEquals(
        List.of("node.j", "user_id", "3.14", "1,000", "a:b", "o'clock"),
        terms("Node.js, user_id; 3.14: (1,000) a:b o'clock."));
    assertEquals(List.of("1", "2", "x", "v0.3.0", "e.g"), terms("1:2 x. _ __ v0.3.0, e.g. 1.a"));
    assertEquals(List.of("could", "might", "let"), terms("Could you, might isn't; let's, won’t"));
    assertEquals(1, terms("_".repeat(100_000) + "end").size());
  }

  @Test
  void termsOfOtherAlphabetsAreWrittenInAscii() {
    assertEquals(List.of("giessen", "strass"), terms("Gießen Straße"));
    assertEquals(terms("oeuvre"), terms("œuvre"));
    assertEquals(terms("Moskva tsar iozh"), terms("Москва царь ёж"));
    assertEquals(terms("pizza"), terms("\uD83C\uDF55"));
    assertEquals(
        terms("bold eur no"), terms("\uD835\uDC01\uD835\uDC28\uD835\uDC25\uD835\uDC1D € №"));
    assertEquals(List.of("サー", "ーバ", "バー", "gpu"), terms("サーバー：ＧＰＵ"));
    assertEquals(List.of("서버"), terms("서버"));
  }

  private static List<String> terms(String text) {
    return List.copyOf(Terms.of(text).keySet());
  }

  @Test
  void aRepeatedWordCountsAtMostEightTimes() {
    Bm25 index = new Bm25(List.of("tax"));
    double eight = index.search("tax ".repeat(8)).getFirst().score();
    assertEquals(eight, index.search("tax ".repeat(50)).getFirst().score());
    assertTrue(index.search("tax ".repeat(7)).getFirst().score() < eight);
  }

  @Test
  void casesFoldWithoutChangingLengths() {
    assertTrue(finds("straße", "STRAßE", true));
    assertTrue(finds("kelvin", "\u212Aelvin", true));
    assertTrue(finds("ısı", "ısı", true));
    assertFalse(finds("isi", "ısı", true));
    assertTrue(finds("\uD801\uDC28", "\uD801\uDC00", false));
  }

  @Test
  void smallLettersKeepTheirPlacesAndLookAtNoNeighbour() {
    assertEquals("istanbul οδοσ ſun ß", LowerCase.of("İSTANBUL ΟΔΟΣ ſUN ẞ"));
    assertEquals("plain text 1", LowerCase.of("Plain TEXT 1"));
    assertEquals("\uD801\uDC28 \uD801", LowerCase.of("\uD801\uDC00 \uD801"));
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      assertEquals(Character.charCount(c), Character.charCount(Character.toLowerCase(c)));
    }
  }

  @Test
  void wordsOfNgramsHoldVowelSignsAndNumbers() {
    assertEquals(1, similarity("สวัสดี", 3, "ฉัน สวัสดี ครับ", 0.4));
    assertEquals(1, similarity("½", 4, "x_y, ½, ss café", 1));
    assertEquals(Double.NaN, similarity("refund", 3, "a refund² b", 0.9));
    assertEquals(0.51, similarity("हिन्दी", 3, "हिन्दी भाषा सीखना", 0.4), 1e-12);
    assertEquals(0.4375, similarity("ǅ〇", 2, "ſun\nx_y 〇.Über。", 0.4), 1e-12);
  }

  private static double similarity(String keyword, int arity, String text, double threshold) {
    return new Ngrams(List.of(keyword), arity, false).similarities(text, threshold)[0];
  }

  /** The automaton against searching for each literal alone. */
  @Test
  void theAutomatonFindsWhatASearchFinds() {
    long seed = 20_260_102L;
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int round = 0; round < 2000; round++) {
      List<Literal> literals = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        literals.add(new Literal(i, word(random, 1, 4), random.nextBoolean()));
      }
      String text = word(random, 0, 40);
      BitSet found = new BitSet();
      new LiteralAutomaton(literals, true, WordClass.UNICODE).find(text, found);
      for (Literal literal : literals) {
        assertEquals(
            isIn(text.toLowerCase(Locale.ROOT), literal),
            found.get(literal.id()),
            "seed " + seed + ", round " + round + ": " + literal + " in " + text);
      }
    }
  }

  private static boolean isIn(String text, Literal literal) {
    String wanted = literal.text().toLowerCase(Locale.ROOT);
    for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
      boolean bounded =
          WordClass.UNICODE.isBoundary(text, at)
              && WordClass.UNICODE.isBoundary(text, at + wanted.length());
      if (!literal.bounded() || bounded) {
        return true;
      }
    }
    return false;
  }

  private static String word(RandomGenerator random, int from, int to) {
    String alphabet = "abAB é款.";
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(from, to + 1); i > 0; i--) {
      word.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return word.toString();
  }

  private static boolean finds(String keyword, String text, boolean bounded) {
    BitSet found = new BitSet();
    new LiteralAutomaton(List.of(new Literal(0, keyword, bounded)), true, WordClass.UNICODE)
        .find(text, found);
    return found.get(0);
  }
}
