package dev.gatun.router.model;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How many of what a conversation has; all 0 or more.
 *
 * @param tool tool messages, which are the results of tools
 * @param toolDefinitions tools that the request offers
 * @param toolCalls calls that all assistant turns together make
 * @param toolCycles assistant turns with calls of which at least one was answered
 */
public record TurnCounts(
    int user,
    int assistant,
    int system,
    int developer,
    int tool,
    int toolDefinitions,
    int toolCalls,
    int toolCycles) {
  private static final int NO_TURN = -1;

  /** Counts the messages and tools of a conversation. */
  public static TurnCounts of(Conversation conversation) {
    Map<Role, Integer> byRole = new EnumMap<>(Role.class);
    int calls = 0;
    for (Message message : conversation.messages()) {
      byRole.merge(message.role(), 1, Integer::sum);
      calls += message.calls().size();
    }
    return new TurnCounts(
        byRole.getOrDefault(Role.USER, 0),
        byRole.getOrDefault(Role.ASSISTANT, 0),
        byRole.getOrDefault(Role.SYSTEM, 0),
        byRole.getOrDefault(Role.DEVELOPER, 0),
        byRole.getOrDefault(Role.TOOL, 0),
        conversation.toolSchemas().size(),
        calls,
        cycles(conversation.messages()));
  }

  /**
   * Turns with a call that has a result. The id decides whose result it is, that of the latest such
   * call where ids are used again; one without an id belongs to the turn before it.
   */
  private static int cycles(List<Message> messages) {
    Map<String, Integer> turns = new HashMap<>();
    Set<Integer> answered = new HashSet<>();
    int last = NO_TURN;
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      if (message.role() == Role.ASSISTANT) {
        last = message.calls().isEmpty() ? NO_TURN : i;
        for (ToolCall call : message.calls()) {
          turns.put(call.id(), i);
        }
      } else if (message.role() == Role.TOOL) {
        answered.add(
            message.answers().isEmpty() ? last : turns.getOrDefault(message.answers(), NO_TURN));
      }
    }
    answered.remove(NO_TURN);
    return answered.size();
  }

  /** Messages of anybody but the user. */
  public int nonUser() {
    return assistant + system + developer + tool;
  }

  public int messages() {
    return user + nonUser();
  }
}
