package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.TurnCounts;
import dev.gatun.router.signal.ConversationShape.Count;
import dev.gatun.router.signal.ConversationShape.Exists;
import dev.gatun.router.signal.ConversationShape.Source;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConversationShapeTest {
  private static final TurnCounts COUNTS = new TurnCounts(1, 2, 3, 4, 5, 6, 7, 8);

  @Test
  void everySourceHasItsCount() {
    Map<Source, Double> expected =
        Map.of(
            Source.MESSAGES, 15.0,
            Source.USER_MESSAGES, 1.0,
            Source.ASSISTANT_MESSAGES, 2.0,
            Source.SYSTEM_MESSAGES, 3.0,
            Source.DEVELOPER_MESSAGES, 4.0,
            Source.TOOL_MESSAGES, 5.0,
            Source.NON_USER_MESSAGES, 14.0,
            Source.TOOL_DEFINITIONS, 6.0,
            Source.TOOL_CALLS, 7.0,
            Source.TOOL_CYCLES, 8.0);
    for (Source source : Source.values()) {
      ConversationShape rule = new ConversationShape("c", source, new Count(Predicate.any()));
      assertEquals(Map.of(rule.key(), expected.get(source)), evaluate(rule, COUNTS).values());
    }
  }

  @Test
  void whatExistsHasTheValueOne() {
    ConversationShape rule = new ConversationShape("c", Source.TOOL_CALLS, new Exists());
    assertEquals(Map.of(rule.key(), 1.0), evaluate(rule, COUNTS).values());
    TurnCounts none = new TurnCounts(1, 0, 0, 0, 0, 0, 0, 0);
    assertEquals(List.of(), evaluate(rule, none).matched());
    assertEquals(Map.of(rule.key(), 0.0), evaluate(rule, none).values());
    assertEquals(Map.of(), evaluate(rule, none, Compatibility.UPSTREAM_0_3).values());
  }

  @Test
  void aCountMayBeZero() {
    Predicate none = new Predicate(Optional.empty(), Optional.of(new Predicate.Bound(0, true)));
    ConversationShape rule = new ConversationShape("c", Source.TOOL_CALLS, new Count(none));
    SignalHits hits = evaluate(rule, new TurnCounts(1, 0, 0, 0, 0, 0, 0, 0));
    assertEquals(1.0, hits.confidence(rule.key()).orElseThrow());
    assertEquals(Map.of(rule.key(), 0.0), hits.values());
  }

  private static SignalHits evaluate(ConversationShape rule, TurnCounts counts) {
    return evaluate(rule, counts, Compatibility.GATUN);
  }

  private static SignalHits evaluate(
      ConversationShape rule, TurnCounts counts, Compatibility compatibility) {
    SignalHits.Recorder recorder = new SignalHits.Recorder(SignalTable.of(List.of(rule.key())));
    new ConversationShape.Evaluator(List.of(rule), compatibility).evaluate(counts, recorder);
    return recorder.finish();
  }
}
