package dev.gatun.server.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.TurnCounts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What signals see of Anthropic Messages, and how such a body is known. */
class MessagesTest {
  private static final String AGENT =
      """
      {"system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}},
                  {"type": "text", "text": "Be kind."}],
       "messages": [
         {"role": "user", "content": "What is the weather in Lyon?"},
         {"role": "assistant", "content": [
           {"type": "thinking", "thinking": "I need the tool", "signature": "s"},
           {"type": "text", "text": "I look."},
           {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": "Lyon"}}]},
         {"role": "user", "content": [
           {"type": "tool_result", "tool_use_id": "t1", "content": [
             {"type": "text", "text": "sunny"}, {"type": "text", "text": "21 degrees"}]},
           {"type": "text", "text": "And in"}, {"type": "text", "text": "Paris?"}]}],
       "tools": [{"name": "weather", "description": "Tells it",
                  "input_schema": {"type": "object"}}],
       "metadata": {"user_id": "u"}}
      """;

  private static final String SAME_BY_CHAT =
      """
      {"messages": [
         {"role": "system", "content": "Be brief. Be kind."},
         {"role": "user", "content": "What is the weather in Lyon?"},
         {"role": "assistant", "content": "I look.", "tool_calls": [
           {"id": "t1", "type": "function",
            "function": {"name": "weather", "arguments": "{\\"city\\":\\"Lyon\\"}"}}]},
         {"role": "tool", "tool_call_id": "t1", "content": "sunny\\n21 degrees"},
         {"role": "user", "content": "And in Paris?"}],
       "tools": [{"type": "function", "function": {"name": "weather", "description": "Tells it",
                  "parameters": {"type": "object"}}}],
       "metadata": {"user_id": "u"}}
      """;

  @Test
  void theSameRequestIsTheSameConversationByEitherApi() {
    JsonNode chat = json(SAME_BY_CHAT);
    Messages.Read read = read(AGENT);
    assertEquals(
        Chat.conversation(chat.path("messages"), chat.path("tools"), chat.path("metadata")),
        read.conversation());
    assertEquals(List.of(), read.losses());
    Facts facts = Facts.of(read.conversation());
    assertEquals("And in Paris?", facts.evaluationText());
    assertEquals(List.of("sunny\n21 degrees"), facts.toolTexts());
    assertTrue(facts.lastUserAfterToolResult());
    assertEquals(new TurnCounts(2, 1, 1, 0, 1, 1, 1, 1), facts.counts());
  }

  @Test
  void resultsStandWhereTheyStood() {
    Conversation conversation =
        read("""
        {"messages": [{"role": "user", "content": [
          {"type": "text", "text": "before"},
          {"type": "tool_result", "tool_use_id": "a", "content": "one"},
          {"type": "tool_result", "tool_use_id": "b", "is_error": true},
          {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
          {"type": "text", "text": "after"}]}]}
        """)
            .conversation();
    assertEquals(
        "[USER before, TOOL one, TOOL , USER after]",
        conversation.messages().stream().map(m -> m.role() + " " + m.text()).toList().toString());
  }

  @Test
  void aCallIsAsLongByEitherApiAndPartOfTheContext() {
    String context =
        String.join(" ", Facts.of(read(AGENT).conversation()).contextTexts(Compatibility.GATUN));
    assertTrue(context.contains("Lyon\\\"}"), context);
  }

  @Test
  void upstreamTakesAUserTurnForOneMessageWhateverItHolds() {
    String body =
        """
        {"messages": [
          {"role": "user", "content": "a"},
          {"role": "assistant", "content": [
            {"type": "tool_use", "id": "1", "name": "f", "input": {}}]},
          {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "1", "content": "r"}]},
          {"role": "user", "content": [
            {"type": "text", "text": "b"},
            {"type": "tool_result", "tool_use_id": "1", "content": "s"},
            {"type": "text", "text": "c"}]}]}
        """;
    Facts upstream = Facts.of(Messages.read(json(body), Compatibility.UPSTREAM_0_3).conversation());
    assertEquals(new TurnCounts(3, 1, 0, 0, 2, 0, 1, 1), upstream.counts());
    assertEquals("b c", upstream.currentUser());
    assertTrue(upstream.lastIsToolResult());
    assertEquals(3, Facts.of(read(body).conversation()).counts().user(), "a, b and c");
  }

  @Test
  void aResultAtTheEndIsTheLastMessage() {
    Facts facts =
        Facts.of(
            read("""
            {"system": "", "messages": [{"role": "user", "content": [
              {"type": "tool_result", "tool_use_id": "a", "content": "one"}]}]}
            """)
                .conversation());
    assertTrue(facts.lastIsToolResult());
    assertEquals(0, facts.counts().user());
    assertEquals(0, facts.counts().system(), "an empty one says nothing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'system': 7} | lossy;unsupported_type;system",
        "{'system': [{'type': 'image'}]} | lossy;unsupported_block_type;system[0]",
        "{'messages': [{'role': 'guest', 'content': ''}]} | lossy;unsupported_role;messages[0]",
        "{'messages': [{'role': 'user', 'content': 7}]}"
            + " | lossy;unsupported_type;messages[0].content",
        "{'messages': [{'role': 'user', 'content': [{'type': 'tool_result'}]}]}"
            + " | error;missing_tool_use_id;messages[0].content[0]",
        "{'messages': [{'role': 'user', 'content': [{'type': 'tool_result', 'tool_use_id': 't',"
            + " 'content': [{'type': 'image'}]}]}]}"
            + " | lossy;tool_result_image_dropped;messages[0].content[0].content[0]",
        "{'messages': [{'role': 'user', 'content': [{'type': 'tool_result', 'tool_use_id': 't',"
            + " 'content': [{'type': 'document'}]}]}]}"
            + " | lossy;tool_result_document_dropped;messages[0].content[0].content[0]",
        "{'messages': [{'role': 'user', 'content': [{'type': 'image', 'source':"
            + " {'type': 'base64', 'data': 'AA=='}}]}]}"
            + " | lossy;incomplete_base64;messages[0].content[0]",
        "{'messages': [{'role': 'user', 'content': [{'type': 'video'}]}]}"
            + " | lossy;unsupported_block_type;messages[0].content[0]",
        "{'messages': [{'role': 'assistant', 'content': [{'type': 'tool_use', 'id': null,"
            + " 'name': 'a'}]}]} | error;incomplete_tool_use;messages[0].content[0]",
        "{'messages': [{'role': 'assistant', 'content': [{'type': 'redacted_thinking'}]}]}"
            + " | lossy;unsupported_block_type;messages[0].content[0]",
        "{'messages': [{'role': 'assistant', 'content': [{'type': 'server_tool_use'}]}]}"
            + " | info;server_tool_use_captured;messages[0].content[0]",
        "{'tools': [{'input_schema': {}}]} | error;missing_name;tools[0]",
        "{'tools': [{'name': 'a'}]} | lossy;invalid_schema;tools[0].input_schema",
        "{'tools': [{'type': 'bash_1', 'name': 'bash'}]} | info;server_tool_captured;tools[0]"
      })
  void whatIsLeftOutIsTold(String body, String loss) {
    assertEquals(List.of(loss), read(quoted(body)).losses().stream().map(Loss::toString).toList());
  }

  @Test
  void thinkingIsForNobodyElse() {
    Messages.Read read =
        read(
            """
            {"messages": [
              {"role": "user", "content": [{"type": "thinking", "thinking": "a"},
                                           {"type": "document"}]},
              {"role": "assistant", "content": [{"type": "thinking", "thinking": "b"}]}]}
            """);
    assertEquals(List.of(), read.losses());
    assertEquals(1, read.conversation().messages().size(), "a turn of nothing is none");
    assertFalse(Facts.of(read.conversation()).hasAssistantReply());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'system': 'a', 'messages': []}",
        "{'messages': [{'role': 'user', 'content': [{'type': 'tool_result'}]}]}",
        "{'messages': [{'role': 'assistant', 'content': [{'type': 'thinking', 'thinking': 'a'}]}]}",
        "{'messages': [{'role': 'user', 'content': [{'type': 'image', 'source': {}}]}]}",
        "{'messages': [{'role': 'assistant', 'content': [{'type': 'bash_tool_result'}]}]}",
        "{'tools': [{'name': 'a', 'input_schema': {}}], 'messages': []}",
        "{'tools': [{'type': 'web_search_20250305', 'name': 'web_search'}], 'messages': []}"
      })
  void itIsKnownByWhatOnlyItHas(String body) {
    assertEquals(Protocol.ANTHROPIC, Protocol.of(json(quoted(body))));
  }

  /** Vendors of Chat Completions know members that Anthropic had first. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'messages': [{'role': 'user', 'content': 'a'}]}",
        "{'messages': [{'role': 'user', 'content': [{'type': 'text', 'text': 'a'}]}], 'top_k': 3}",
        "{'messages': [{'role': 'assistant', 'content': [{'type': 'thinking', 'thinking': []}]}]}",
        "{'messages': [], 'thinking': {'type': 'enabled'}, 'metadata': {'user_id': 'u'}}",
        "{'messages': [], 'tools': [{'type': 'custom', 'custom': {'name': 'a'}}]}",
        "{'messages': [], 'system': null}"
      })
  void everythingElseIsChat(String body) {
    assertEquals(Protocol.OPENAI, Protocol.of(json(quoted(body))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'system': 'a', 'messages': [{'role': 'system'}]} | messages[0].role system | system",
        "{'messages': [{'role': 'assistant', 'tool_calls': [{}]}, {'role': 'user', 'content':"
            + " [{'type': 'tool_result'}]}]} | messages[0].tool_calls |"
            + " messages[1].content[0].type tool_result",
        "{'tools': [{'function': {}}, {'input_schema': {}}]} | tools[0].function |"
            + " tools[1].input_schema"
      })
  void aBodyOfBothIsRefused(String body, String chat, String anthropic) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Protocol.of(json(quoted(body))), body);
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("has " + chat + ", only the other " + anthropic), message);
  }

  private static Messages.Read read(String body) {
    return Messages.read(json(body), Compatibility.GATUN);
  }

  private static String quoted(String body) {
    return body.replace('\'', '"');
  }

  private static JsonNode json(String body) {
    try {
      return Json.read(body.getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new AssertionError(body, e);
    }
  }
}
