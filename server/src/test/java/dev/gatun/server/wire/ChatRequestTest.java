package dev.gatun.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Role;
import dev.gatun.router.pipeline.Reasoning.Changes;
import dev.gatun.router.pipeline.Reasoning.Setting;
import dev.gatun.router.pipeline.Reasoning.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading a request, and changing only what may change. */
class ChatRequestTest {
  @Test
  void factsOfAConversation() {
    ChatRequest chat =
        parse(
            """
            {"model":"m","stream":null,"tools":[{"type":"function"}],"messages":[
              {"role":"system","content":"s"},
              {"role":"user","content":[{"type":"text","text":"a"},{"text":"b"},
                {"type":"image_url","image_url":{"url":"data:,"}}]},
              {"role":"assistant","content":null,"tool_calls":[{},{}]},
              {"role":"tool","content":"result"},
              {"role":"critic","content":"no role of ours"}]}\
            """);
    var messages = chat.conversation().messages();
    assertEquals(5, messages.size());
    assertEquals("a b", messages.get(1).text());
    assertEquals(Role.ASSISTANT, messages.get(2).role());
    assertEquals(2, messages.get(2).calls().size());
    assertEquals("result", messages.get(3).text());
    assertEquals(Role.USER, messages.get(4).role());
    assertEquals(1, chat.conversation().toolSchemas().size());
  }

  @Test
  void whatAPartSaysIsReadWhateverItsType() {
    ChatRequest chat =
        parse(
            """
            {"model":"m","messages":[
              {"role":"user","content":["a",{"type":"input_text","text":"b"},{"type":"x"}]},
              {"role":"assistant","content":[{"type":"refusal","refusal":"c"}]}]}\
            """);
    var messages = chat.conversation().messages();
    assertEquals("a b", messages.get(0).text());
    assertEquals("c", messages.get(1).text());
  }

  @Test
  void aBodyThatNeedsNoChangeIsNotCopied() {
    byte[] body = "{\"messages\":[],\"model\":\"m\"}".getBytes(UTF_8);
    assertSame(body, ChatRequest.parse(body).forwarded("m", Changes.NONE));
  }

  @Test
  void streamOptionsInEveryShape() {
    String head = "{\"model\":\"m\",\"messages\":[],\"stream\":true,\"stream_options\":";
    assertEquals(head + "{\"include_usage\":true}}", forwarded(head + "{}}"));
    assertEquals(head + "{\"a\":[1],\"include_usage\":true}}", forwarded(head + "{\"a\":[1]}}"));
    assertEquals(
        head + "{\"include_usage\":true ,\"a\":1}}",
        forwarded(head + "{\"include_usage\":false ,\"a\":1}}"));
    assertEquals(head + "{\"include_usage\":true} }", forwarded(head + "null }"));
    assertEquals(head + "7}", forwarded(head + "7}"));
    assertTrue(parse(head + "{\"include_usage\":true}}").usageWanted());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{}x",
        "{\"model\":\"a\",\"messages\":[],\"model\":\"b\"}",
        "{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"role\":\"system\"}]}",
        "\u0000{}",
        "nonsense",
      })
  void whatIsNotJsonIsRefused(String body) {
    ApiException e = assertThrows(ApiException.class, () -> parse(body));
    assertEquals(ErrorCode.MALFORMED_JSON, e.error().code());
    assertTrue(e.error().message().startsWith("malformed JSON body"), e.error().message());
  }

  @Test
  void nestingIsBounded() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    String body = "{\"model\":\"m\",\"messages\":[],\"x\":" + deep + "}";
    assertThrows(ApiException.class, () -> parse(body));
  }

  @Test
  void aWideEncodingIsRefused() {
    byte[] wide = "{\"model\":\"m\",\"messages\":[]}".getBytes(StandardCharsets.UTF_16LE);
    assertThrows(ApiException.class, () -> ChatRequest.parse(wide));
  }

  /** Whatever surrounds the name, exactly the name changes. */
  @Test
  void theNameIsReplacedWhereverItStands() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    String old = "\"old \\\"é🙂\"";
    for (int i = 0; i < 2_000; i++) {
      String before = member(random, "b") + space(random);
      String after = space(random) + member(random, "a");
      String name = "\"model\":" + space(random) + old;
      String body = "{" + before + ",\"messages\":[]," + name + "," + after + "}";
      byte[] forwarded = ChatRequest.parse(body.getBytes(UTF_8)).forwarded("new", Changes.NONE);
      assertEquals(body.replace(old, "\"new\""), new String(forwarded, UTF_8));
    }
  }

  /** Whatever the members are and however they stand, only those change that are told. */
  @Test
  void whatIsToldAboutReasoningChangesNothingElse() throws Exception {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);
    String[] templates = {"null", "{}", "{ \"b\" : 1e1 }", "{\"think\":\"é\" , \"b\":[{}]}"};
    for (int i = 0; i < 2_000; i++) {
      List<String> members = new ArrayList<>(List.of("\"messages\":[]", "\"model\":\"m\""));
      if (random.nextBoolean()) {
        members.add("\"reasoning_effort\":" + space(random) + "\"low\"");
      }
      if (random.nextBoolean()) {
        members.add(
            "\"chat_template_kwargs\":" + templates[random.nextInt(templates.length)] + " ");
      }
      if (random.nextBoolean()) {
        members.add(member(random, "effort"));
      }
      Collections.shuffle(members, Random.from(random));
      String body = "{" + space(random) + String.join(space(random) + ",", members) + "}";
      boolean inTemplate = random.nextBoolean();
      String parameter = inTemplate ? "think" : "effort";
      Changes changes =
          new Changes(
              random.nextBoolean(),
              Optional.of(new Setting(inTemplate, parameter, new Value.Flag(true))));

      ObjectNode expected = (ObjectNode) Json.read(body.getBytes(UTF_8));
      if (changes.dropsEffort()) {
        expected.remove("reasoning_effort");
      }
      if (inTemplate && !expected.path("chat_template_kwargs").isObject()) {
        expected.putObject("chat_template_kwargs");
      }
      ObjectNode told = inTemplate ? (ObjectNode) expected.get("chat_template_kwargs") : expected;
      told.put(parameter, true);
      byte[] forwarded = ChatRequest.parse(body.getBytes(UTF_8)).forwarded("m", changes);
      assertEquals(expected, Json.read(forwarded), body);
    }
  }

  @Test
  void whatTheClientWroteIsMovedAsItStands() {
    String body = "{\"reasoning_effort\" : {\"x\":1.50},\"model\":\"m\",\"messages\":[]}";
    Changes moved =
        new Changes(true, Optional.of(new Setting(true, "effort", new Value.OfClient())));
    assertEquals(
        "{\"model\":\"m\",\"messages\":[],\"chat_template_kwargs\":{\"effort\":{\"x\":1.50}}}",
        new String(parse(body).forwarded("m", moved), UTF_8));
    assertTrue(parse(body).hasReasoningEffort());
    assertTrue(!parse(body.replace("{\"x\":1.50}", "null")).hasReasoningEffort());
  }

  /** Its backend refuses it. */
  @Test
  void aTemplateThatIsNoObjectStays() {
    String body = "{\"model\":\"m\",\"messages\":[],\"chat_template_kwargs\":[1]}";
    Changes flag = new Changes(true, Optional.of(new Setting(true, "think", new Value.Flag(true))));
    assertEquals(body, new String(parse(body).forwarded("m", flag), UTF_8));
  }

  @Test
  void theRoomForTheAnswerIsRead() {
    String body = "{\"model\":\"m\",\"messages\":[]%s}";
    assertEquals(7, parse(body.formatted(",\"max_tokens\":7")).answerTokens());
    String both = ",\"max_completion_tokens\":9,\"max_tokens\":7";
    assertEquals(9, parse(body.formatted(both)).answerTokens());
    for (String none :
        List.of(
            "",
            ",\"max_tokens\":null",
            ",\"max_tokens\":\"7\"",
            ",\"max_tokens\":-1",
            ",\"max_tokens\":1e99",
            ",\"max_tokens\":[]")) {
      assertEquals(0, parse(body.formatted(none)).answerTokens(), none);
    }
  }

  private static String member(RandomGenerator random, String name) {
    String[] values = {"1e400", "-0.10", "\"é🙂\\u0000\"", "{\"model\":\"inner\"}", "[[],{}]"};
    return "\"" + name + "\" : " + values[random.nextInt(values.length)];
  }

  private static String space(RandomGenerator random) {
    String[] values = {"", " ", "\n\t", "\r\n  "};
    return values[random.nextInt(values.length)];
  }

  private static String forwarded(String body) {
    return new String(parse(body).forwarded("m", Changes.NONE), UTF_8);
  }

  private static ChatRequest parse(String body) {
    return ChatRequest.parse(body.getBytes(UTF_8));
  }
}
