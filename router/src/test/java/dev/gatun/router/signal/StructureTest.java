package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Facts;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.Structure.Keywords;
import dev.gatun.router.signal.Structure.Matches;
import dev.gatun.router.signal.Structure.Measure;
import dev.gatun.router.signal.Structure.Sequences;
import dev.gatun.router.signal.Structure.Source;
import dev.gatun.router.text.Pattern;
import dev.gatun.router.text.TextUnits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StructureTest {
  @Test
  void wholeWordsAreCountedAndCjkAnywhere() {
    Source words = new Keywords(List.of("at most", "必须"), false);
    assertEquals(2, value(Measure.COUNT, words, "At most 3, AT MOST 4, at mostly none"));
    assertEquals(2, value(Measure.COUNT, words, "你必须回答，必须简短"));
    assertEquals(1, value(Measure.COUNT, words, "最多at most三个"));
  }

  @Test
  void keywordsThatOverlapCountEach() {
    Source words = new Keywords(List.of("json", "JSON", "json table"), false);
    assertEquals(3, value(Measure.COUNT, words, "a JSON table"));
    assertEquals(1, value(Measure.EXISTS, words, "a JSON table"));
  }

  @Test
  void caseCountsWhenAskedFor() {
    assertEquals(0, value(Measure.COUNT, new Keywords(List.of("SQL"), true), "sql Sql"));
    assertEquals(2, value(Measure.COUNT, new Matches("S.L", false), "sql SQL"));
    assertEquals(1, value(Measure.COUNT, new Matches("S.L", true), "sql SQL"));
    Source sequences = new Sequences(List.of(List.of("First", "Then")), true);
    assertEquals(0, value(Measure.SEQUENCE, sequences, "first, then"));
    assertEquals(1, value(Measure.SEQUENCE, sequences, "First, Then"));
  }

  @Test
  void keywordsAndMarkersAreReadInSmallLettersAndNotFolded() {
    Source words = new Keywords(List.of("istanbul", "sun", "θ", "μ", "οδος"), false);
    assertEquals(1, value(Measure.COUNT, words, "İSTANBUL"));
    for (String text : List.of("ſun", "ϑ", "µ", "οδοσ")) {
      assertEquals(0, value(Measure.COUNT, words, text), text);
    }
    Source sequence = new Sequences(List.of(List.of("istanbul", "sun")), false);
    assertEquals(1, value(Measure.SEQUENCE, sequence, "İSTANBUL sun"));
    assertEquals(0, value(Measure.SEQUENCE, sequence, "istanbul ſun"));
  }

  @Test
  void densityIsPerUnitOfText() {
    Source questions = new Matches("[?？]", false);
    assertEquals(0.25, value(Measure.DENSITY, questions, "why me now then?"));
    assertEquals(0, value(Measure.DENSITY, questions, "???"));
    assertEquals(7, TextUnits.count("mix中文and英文 words"));
  }

  @Test
  void emptyOccurrencesCountOncePerPlace() {
    assertEquals(3, Pattern.compile("a*", true).count("baaac"));
    assertEquals(2, Pattern.compile("x*", true).count("🙂"));
    assertEquals(2, Pattern.compile("aa", true).count("aaaaa"));
  }

  @Test
  void plainPatternsAreFoundAsOthersAre() {
    String text = "?? a.b [x] ``` ````` 为什么？ 🙂🙂 a-b K";
    List<String> patterns =
        List.of(
            "[?？]", "[?.]", "```", " ", "[.]", "[?-A]", "[^?]", "[]x]", "1", "🙂", "[🙂]", "[k]");
    for (String pattern : patterns) {
      Pattern plain = Pattern.compile(pattern, false);
      Pattern general = Pattern.compile("(?:" + pattern + ")", false);
      assertEquals(general.count(text), plain.count(text), pattern);
      assertEquals(general.occursIn(text), plain.occursIn(text), pattern);
    }
    assertEquals(3, Pattern.compile("[?？]", true).count(text));
    assertEquals(2, Pattern.compile("```", true).count(text));
  }

  @Test
  void blankTextMatchesNothingNotEvenAtMost() {
    Predicate few = new Predicate(Optional.empty(), Optional.of(new Predicate.Bound(5, true)));
    Structure rule = new Structure("s", Measure.COUNT, new Matches("x", false), Optional.of(few));
    Structure.Evaluator evaluator = new Structure.Evaluator(List.of(rule), Compatibility.GATUN);
    assertTrue(evaluator.measure(" \n").isEmpty());
    assertTrue(evaluator.measure("\u00A0\u0085\u2003").isEmpty());
    assertTrue(evaluator.measure("y").getFirst().matched());
  }

  @Test
  void confidenceGrowsWithTheDistanceFromTheBound() {
    Structure rule = atLeast(2);
    Structure.Evaluator evaluator = new Structure.Evaluator(List.of(rule), Compatibility.GATUN);
    assertEquals(0.5, evaluator.measure("??").getFirst().confidence());
    assertEquals(1 / (1 + Math.exp(-4)), evaluator.measure("???").getFirst().confidence(), 1e-12);
    assertEquals(0, evaluator.measure("?").getFirst().confidence());
  }

  @Test
  void theValueIsRecordedWhetherOrNotTheRuleMatches() {
    SignalHits matching = evaluate("a? b? c?", Compatibility.GATUN);
    assertEquals(Map.of(atLeast(2).key(), 3.0), matching.values());
    assertEquals(1, matching.matched().size());
    SignalHits other = evaluate("a?", Compatibility.GATUN);
    assertEquals(Map.of(atLeast(2).key(), 1.0), other.values());
    assertEquals(0, other.matched().size());
    assertEquals(Map.of(), evaluate("a?", Compatibility.UPSTREAM_0_3).values());
  }

  private static SignalHits evaluate(String text, Compatibility compatibility) {
    SignalTable table = SignalTable.of(List.of(atLeast(2).key()));
    SignalHits.Recorder recorder = new SignalHits.Recorder(table);
    new Structure.Evaluator(List.of(atLeast(2)), compatibility)
        .evaluate(Facts.of(Conversation.ofUser(text)), Ports.none(), recorder);
    return recorder.finish();
  }

  @Test
  void rulesThatMeanNothingCannotBeMade() {
    Source source = new Matches("x", false);
    assertThrows(
        IllegalArgumentException.class,
        () -> new Structure("s", Measure.SEQUENCE, source, Optional.empty()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Structure("s", Measure.EXISTS, source, Optional.of(Predicate.atLeast(1))));
  }

  @Test
  void predicatesKnowTheirBounds() {
    Predicate.Bound two = new Predicate.Bound(2, false);
    Predicate above = new Predicate(Optional.of(two), Optional.empty());
    assertTrue(above.holds(2.1));
    assertFalse(above.holds(2));
    Predicate none = new Predicate(Optional.of(two), Optional.of(new Predicate.Bound(2, true)));
    assertTrue(none.isEmpty());
    assertFalse(none.holds(2));
    assertTrue(Predicate.any().holds(-1));
  }

  private static Structure atLeast(double bound) {
    return new Structure(
        "s", Measure.COUNT, new Matches("\\?", false), Optional.of(Predicate.atLeast(bound)));
  }

  private static double value(Measure measure, Source source, String text) {
    Structure rule = new Structure("s", measure, source, Optional.empty());
    return new Structure.Evaluator(List.of(rule), Compatibility.GATUN)
        .measure(text)
        .getFirst()
        .value();
  }
}
