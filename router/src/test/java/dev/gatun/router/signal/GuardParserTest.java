package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Answer;
import dev.gatun.router.signal.GuardParser.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GuardParserTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          qwen3guard | Safety: Safe;Categories: None             | false | 0.1
          qwen3guard | 'thinking...; Safety:  UNSAFE (sure)'     | true  | 0.9
          qwen3guard | Severity level: Controversial             | false | 0.6
          qwen3guard | Categories: Jailbreak                     | true  | 0.9
          qwen3guard | Category: None                            | false | 0.1
          json       | '```;{"safety": "Unsafe", "x": 1};```'    | true  | 0.9
          json       | {"safety": "controversial"}               | false | 0.6
          json       | {"is_jailbreak": true}                    | true  | 0.9
          json       | {"is_unsafe": false}                      | false | 0.1
          json       | {"x": {"is_jailbreak": false}}            | false | 0.1
          simple     | a JAILBREAK, clearly                      | true  | 0.8
          simple     | controversial, hardly safe                | false | 0.6
          simple     | this is safe                              | false | 0.1
          auto       | {"is_jailbreak": true}                    | true  | 0.9
          auto       | Safety: Safe                              | false | 0.1
          auto       | it is unsafe                              | true  | 0.8
          """)
  void repliesAreUnderstood(String parser, String reply, boolean unsafe, double confidence) {
    for (Compatibility compatibility : Compatibility.values()) {
      assertEquals(
          Answer.of(new Verdict(unsafe, confidence)),
          parser(parser).parse(reply.replace(';', '\n'), compatibility));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatSaysNothingOfSafetyIsAFailure(GuardParser parser) {
    for (String reply : new String[] {"", "no idea", "{\"verdict\": 3}"}) {
      assertInstanceOf(Answer.Failed.class, parser.parse(reply, Compatibility.GATUN), reply);
    }
  }

  @Test
  void v03TakesItForSafe() {
    assertEquals(Answer.of(new Verdict(false, 0)), unread(GuardParser.QWEN3GUARD));
    assertEquals(Answer.of(new Verdict(false, 0)), unread(GuardParser.JSON));
    assertEquals(Answer.of(new Verdict(false, 0.5)), unread(GuardParser.SIMPLE));
    assertEquals(Answer.of(new Verdict(false, 0.5)), unread(GuardParser.AUTO));
  }

  private static Answer<Verdict> unread(GuardParser parser) {
    return parser.parse("no idea", Compatibility.UPSTREAM_0_3);
  }

  private static GuardParser parser(String word) {
    return GuardParser.ofWord(word).orElseThrow();
  }
}
