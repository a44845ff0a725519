package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.port.Ports;
import dev.gatun.router.text.TokenEstimate;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ContextSizeTest {
  @Test
  void boundsAreNumbersWithSuffixes() {
    assertEquals(OptionalLong.of(1500), ContextSize.bound("1.5K"));
    assertEquals(OptionalLong.of(2_000_000), ContextSize.bound(" 2m "));
    assertEquals(OptionalLong.of(1000), ContextSize.bound("1e3"));
    assertEquals(OptionalLong.of(0), ContextSize.bound(""));
    for (String wrong : List.of("abc", "K", "4KB", "1e400", "NaN", "0x10", "1_000", "--1", ".")) {
      assertEquals(OptionalLong.empty(), ContextSize.bound(wrong), wrong);
    }
  }

  @Test
  void bothBoundsBelongToTheRange() {
    ContextSize rule = new ContextSize("c", 10, 20);
    ContextSize open = new ContextSize("open", 15, ContextSize.OPEN);
    ContextSize.Evaluator evaluator =
        new ContextSize.Evaluator(List.of(rule, open), Compatibility.GATUN);
    assertEquals(List.of(), evaluator.matching(9));
    assertEquals(List.of(rule), evaluator.matching(10));
    assertEquals(List.of(rule, open), evaluator.matching(20));
    assertEquals(List.of(open), evaluator.matching(1_000_000_000));
  }

  @Test
  void earlierTurnsCountButNotForUpstream() {
    Facts facts =
        Facts.of(
            Conversation.of(Message.of(Role.USER, "x".repeat(400)), Message.of(Role.USER, "hi")));
    assertEquals(1, matches(facts, Compatibility.GATUN));
    assertEquals(0, matches(facts, Compatibility.UPSTREAM_0_3));
  }

  @Test
  void tokensAreEstimatedFromBytes() {
    assertEquals(0, TokenEstimate.UNCALIBRATED.tokens(""));
    assertEquals(1, TokenEstimate.UNCALIBRATED.tokens("a"));
    assertEquals(2, TokenEstimate.UNCALIBRATED.tokens("héllo"));
    assertEquals(2, TokenEstimate.UNCALIBRATED.tokens("🙂🙂"));
    assertEquals(3, TokenEstimate.UNCALIBRATED.tokens("退款退款"));
    assertEquals(0, TokenEstimate.UNCALIBRATED.tokens(List.of()));
    assertEquals(2, TokenEstimate.UNCALIBRATED.tokens(List.of("ab", "cd")));
    assertEquals(5, new TokenEstimate(2.5).tokens(11L));
    assertThrows(IllegalArgumentException.class, () -> new TokenEstimate(0));
  }

  private static int matches(Facts facts, Compatibility compatibility) {
    ContextSize rule = new ContextSize("c", 100, ContextSize.OPEN);
    SignalHits.Recorder recorder = new SignalHits.Recorder(SignalTable.of(List.of(rule.key())));
    new ContextSize.Evaluator(List.of(rule), compatibility).evaluate(facts, Ports.none(), recorder);
    return recorder.finish().matched().size();
  }
}
