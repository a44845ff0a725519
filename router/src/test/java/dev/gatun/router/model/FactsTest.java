package dev.gatun.router.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FactsTest {
  private static final Conversation AGENT =
      new Conversation(
          List.of(
              Message.of(Role.SYSTEM, "be brief"),
              Message.of(Role.DEVELOPER, "use tools"),
              Message.of(Role.DEVELOPER, "cite"),
              Message.of(Role.USER, "weather?"),
              Message.calling("", List.of(call("a"), call("b"))),
              Message.of(Role.TOOL, "sunny"),
              Message.of(Role.TOOL, "windy"),
              Message.of(Role.USER, "and now?")),
          List.of("{\"name\":\"weather\"}"),
          "");

  @Test
  void turnsAndToolsAreCounted() {
    assertEquals(new TurnCounts(2, 1, 1, 2, 2, 1, 2, 1), Facts.of(AGENT).counts());
    assertEquals(8, Facts.of(AGENT).counts().messages());
    assertEquals(6, Facts.of(AGENT).counts().nonUser());
  }

  @Test
  void aCycleIsATurnWithCallsOfWhichOneIsAnswered() {
    Conversation conversation =
        Conversation.of(
            Message.calling("", List.of(call(""))),
            Message.of(Role.TOOL, "a"),
            Message.calling("", List.of(call(""))),
            Message.calling("", List.of(call(""))),
            Message.of(Role.USER, "wait"),
            Message.of(Role.TOOL, "b"),
            Message.of(Role.ASSISTANT, "done"),
            Message.of(Role.TOOL, "stray"));
    assertEquals(2, TurnCounts.of(conversation).toolCycles());
  }

  @Test
  void theIdOfAResultSaysWhoseItIs() {
    Conversation late =
        Conversation.of(
            Message.calling("", List.of(call("a"))),
            Message.calling("", List.of(call("b"), call("c"))),
            Message.result("c", "of the second"),
            Message.result("b", "of the second again"),
            Message.result("x", "of none"));
    assertEquals(1, TurnCounts.of(late).toolCycles());
    Conversation both =
        Conversation.of(
            Message.calling("", List.of(call("a"))),
            Message.calling("", List.of(call("b"))),
            Message.result("a", "of the first"),
            Message.of(Role.USER, "so"),
            Message.result("b", "of the second"));
    assertEquals(2, TurnCounts.of(both).toolCycles());
    Conversation again =
        Conversation.of(
            Message.calling("", List.of(call("a"))),
            Message.result("a", "of the first"),
            Message.calling("", List.of(call("a"))),
            Message.result("a", "of the second"));
    assertEquals(2, TurnCounts.of(again).toolCycles());
  }

  private static ToolCall call(String id) {
    return new ToolCall(id, "{call " + id + "}");
  }

  @Test
  void theContextIsAllThatIsSent() {
    Facts facts = Facts.of(AGENT);
    assertEquals(
        "be brief use tools cite weather? {call a} {call b} sunny windy and now?"
            + " {\"name\":\"weather\"}",
        String.join(" ", facts.contextTexts(Compatibility.GATUN)));
    assertEquals(
        "be brief use tools cite and now?",
        String.join(" ", facts.contextTexts(Compatibility.UPSTREAM_0_3)));
  }

  @Test
  void theLastMessageIsKnown() {
    Facts facts = Facts.of(AGENT);
    assertEquals(Optional.of(Role.USER), facts.lastRole());
    assertTrue(facts.lastUserAfterToolResult());
    assertFalse(facts.lastIsToolResult());
    assertFalse(facts.hasAssistantReply());
    Facts tool = Facts.of(Conversation.of(Message.of(Role.TOOL, "x")));
    assertTrue(tool.lastIsToolResult());
    assertFalse(tool.lastUserAfterToolResult());
    assertEquals(Optional.empty(), Facts.of(Conversation.of()).lastRole());
  }

  @Test
  void groupsAreReadFromOneLine() {
    assertEquals(List.of("x", "premium tier"), Identity.groups(" x , premium tier,, "));
    assertEquals(List.of(), Identity.groups(""));
  }
}
