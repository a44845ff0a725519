package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.Keyword.AsPattern;
import dev.gatun.router.signal.Keyword.AsText;
import dev.gatun.router.signal.Keyword.ByNgrams;
import dev.gatun.router.signal.Keyword.ByRelevance;
import dev.gatun.router.signal.Keyword.Method;
import dev.gatun.router.signal.Keyword.Operator;
import dev.gatun.router.text.Fuzziness;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeywordTest {
  private static final Method EXACT_CASE = new AsText(true, new Fuzziness.Exact());

  @Test
  void aLiteralMatchesWholeWordsInAnyCase() {
    Keyword refund = Keyword.literal("k", Operator.OR, "refund");
    assertTrue(matches(refund, "I want a REFUND."));
    assertFalse(matches(refund, "refunds and prefund"));
  }

  @Test
  void caseCountsWhenAskedFor() {
    Keyword sql = new Keyword("k", Operator.OR, List.of("SQL"), EXACT_CASE);
    assertTrue(matches(sql, "an SQL query"));
    assertFalse(matches(sql, "an sql query"));
  }

  @Test
  void lettersOfAnyScriptBoundAWord() {
    Keyword cafe = Keyword.literal("k", Operator.OR, "café", "über");
    assertEquals(List.of("café"), found(cafe, "un café, s'il vous plaît"));
    assertEquals(List.of("über"), found(cafe, "Über uns"));
    assertFalse(matches(cafe, "cafés drüber"));
  }

  @Test
  void textWithoutBlanksIsSearchedAsIs() {
    Keyword refund = Keyword.literal("k", Operator.OR, "退款", "GPU", "ราคา");
    assertEquals(List.of("退款"), found(refund, "请帮我退款，谢谢"));
    assertEquals(List.of("GPU"), found(refund, "部署GPU集群时出错"));
    assertEquals(List.of("ราคา"), found(refund, "ขอทราบราคาสินค้า"));
  }

  /** Only Han is found inside of words; the others begin and end as Unicode says. */
  @Test
  void hangulAndKanaAreWordsOfTheirScript() {
    Keyword words = Keyword.literal("k", Operator.OR, "환불", "データ", "GPU");
    assertEquals(List.of("환불"), found(words, "환불 원해요"));
    assertFalse(matches(words, "환불을 원해요"));
    assertEquals(List.of("データ"), found(words, "データを消す"));
    assertFalse(matches(words, "データベース"));
    assertEquals(List.of("GPU"), found(words, "GPU를 GPUを"));
    assertTrue(matches(Keyword.literal("k", Operator.OR, "すし"), "おすしを"));
  }

  @Test
  void signsOfAFuzzyKeywordCount() {
    Keyword signs = new Keyword("k", Operator.OR, List.of("C++", ".net"), fuzzy(1));
    assertEquals(List.of(".net (fuzzy)"), found(signs, "the net"));
    assertFalse(matches(signs, "plan c"));
    Keyword exact = new Keyword("k", Operator.OR, List.of("C++", ".net"), fuzzy(0));
    assertFalse(matches(exact, "plan c of the net"));
    Keyword several = new Keyword("k", Operator.OR, List.of("node.js"), fuzzy(1));
    assertTrue(matches(several, "a nod js server"));
  }

  private static Method fuzzy(int edits) {
    return new AsText(false, new Fuzziness.Edits(edits));
  }

  @Test
  void operatorsCombineKeywords() {
    String text = "quarterly revenue";
    assertTrue(matches(Keyword.literal("k", Operator.AND, "quarterly", "revenue"), text));
    assertFalse(matches(Keyword.literal("k", Operator.AND, "quarterly", "loss"), text));
    assertTrue(matches(Keyword.literal("k", Operator.NOR, "loss", "risk"), text));
    assertFalse(matches(Keyword.literal("k", Operator.NOR, "loss", "revenue"), text));
  }

  @Test
  void allRulesThatMatchAreReportedInOrder() {
    List<Keyword> rules =
        List.of(
            Keyword.literal("one", Operator.OR, "a"),
            Keyword.literal("none", Operator.OR, "x"),
            Keyword.literal("two", Operator.NOR, "x"));
    assertEquals(List.of("one", "two"), names(rules, Compatibility.GATUN, "a b"));
    assertEquals(List.of("one"), names(rules, Compatibility.UPSTREAM_0_3, "a b"));
  }

  /** A rule is not moved up because one of its method stands before it. */
  @Test
  void theFirstInDeclarationOrderCountsUpstreamWhateverItsMethod() {
    Method relevance = new ByRelevance(0.1);
    List<Keyword> rules =
        List.of(
            new Keyword("unrelated", Operator.OR, List.of("contract"), relevance),
            Keyword.literal("steps", Operator.OR, "runbook"),
            new Keyword("plans", Operator.OR, List.of("rollback"), relevance));
    String text = "a runbook with a rollback";
    assertEquals(List.of("steps", "plans"), names(rules, Compatibility.GATUN, text));
    assertEquals(List.of("steps"), names(rules, Compatibility.UPSTREAM_0_3, text));
  }

  @Test
  void patternsAreSearchedAnywhere() {
    Method pattern = new AsPattern(false, new Fuzziness.Exact());
    Keyword ticket = new Keyword("k", Operator.OR, List.of("\\btick-[0-9]{3,}\\b"), pattern);
    assertTrue(matches(ticket, "see TICK-1234"));
    assertFalse(matches(ticket, "see TICK-12"));
  }

  @Test
  void aFewEditsAreForgiven() {
    Keyword python = fuzzy(new Fuzziness.Edits(1), "python");
    assertEquals(List.of("python (fuzzy)"), found(python, "how do I learn pythn?"));
    assertEquals(List.of("python"), found(python, "Python rocks"));
    assertFalse(matches(python, "pyton3 and pathos"));
  }

  @Test
  void similarityInPercentGrowsWithTheWord() {
    Keyword kubernetes = fuzzy(new Fuzziness.Similarity(80), "kubernetes", "go");
    assertEquals(List.of("kubernetes (fuzzy)"), found(kubernetes, "my kubernets is down"));
    assertFalse(matches(kubernetes, "do it"));
  }

  @Test
  void severalWordsAreComparedWithAsManyWords() {
    Keyword invoice = fuzzy(new Fuzziness.Edits(2), "invoice copy");
    assertEquals(List.of("invoice copy (fuzzy)"), found(invoice, "send me an invioce copy now"));
    assertFalse(matches(invoice, "an invoice and a copy"));
  }

  @Test
  void severalWordsAreNotNearToOneOfThem() {
    Keyword card = fuzzy(new Fuzziness.Edits(5), "credit card");
    assertFalse(matches(card, "credit"));
    assertEquals(List.of("k"), names(List.of(card), Compatibility.UPSTREAM_0_3, "credit"));
    assertFalse(matches(fuzzy(new Fuzziness.Similarity(50), "invoice copy"), "invoice"));
    assertTrue(matches(card, "a kredit-kard"));
  }

  @Test
  void aWordWithSignsMayStandInOnePieceOrSeveral() {
    Keyword mail = fuzzy(new Fuzziness.Edits(1), "e-mail");
    assertTrue(matches(mail, "my email"));
    assertTrue(matches(mail, "my e mial server and e maul"));
  }

  @Test
  void editsAreCountedOverSmallLetters() {
    assertTrue(matches(fuzzy(new Fuzziness.Edits(1), "izmir"), "İzmit"));
    Keyword guide = fuzzy(new Fuzziness.Edits(1), "οδηγος");
    assertFalse(matches(guide, "ΟΔΗΟΣ"), "a letter is missing, and capital sigma is never final");
  }

  @Test
  void relevanceCountsStems() {
    Method method = new ByRelevance(0.1);
    Keyword debug =
        new Keyword("k", Operator.OR, List.of("debug failing test", "code review"), method);
    assertEquals(List.of("debug failing test"), found(debug, "debugging tests that fail"));
    assertEquals(List.of(), found(debug, "what is the weather"));
  }

  @Test
  void relevanceOfChineseGoesByPairsOfCharacters() {
    Keyword refund = new Keyword("k", Operator.OR, List.of("退款申请", "发票"), new ByRelevance(0.1));
    assertEquals(List.of("退款申请"), found(refund, "我想退款"));
  }

  @Test
  void sharedCharactersAreCounted() {
    Method method = new ByNgrams(0.4, 3, false);
    Keyword urgent = new Keyword("k", Operator.OR, List.of("urgent", "immediately"), method);
    assertEquals(List.of("urgent"), found(urgent, "this is urgnt"));
    assertEquals(List.of(), found(urgent, "take your time"));
  }

  @Test
  void thousandsOfKeywordsAreFoundInOnePass() {
    String[] words = new String[10_000];
    for (int i = 0; i < words.length; i++) {
      words[i] = "term" + i;
    }
    Keyword many = Keyword.literal("k", Operator.OR, words);
    assertEquals(List.of("term17", "term9999"), found(many, "TERM9999 or term17, not term10000"));
  }

  private static Keyword fuzzy(Fuzziness fuzziness, String... words) {
    return new Keyword("k", Operator.OR, List.of(words), new AsText(false, fuzziness));
  }

  private static boolean matches(Keyword keyword, String text) {
    return !names(List.of(keyword), Compatibility.GATUN, text).isEmpty();
  }

  private static List<String> found(Keyword keyword, String text) {
    List<SignalHits.Hit> hits =
        new Keyword.Evaluator(List.of(keyword), Compatibility.GATUN).evaluate(text);
    return hits.isEmpty() ? List.of() : hits.getFirst().evidence();
  }

  private static List<String> names(List<Keyword> rules, Compatibility compatibility, String text) {
    return new Keyword.Evaluator(rules, compatibility)
        .evaluate(text).stream().map(hit -> hit.key().name()).toList();
  }
}
