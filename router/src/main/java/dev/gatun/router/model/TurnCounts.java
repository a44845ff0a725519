package dev.gatun.router.model;

import java.util.EnumMap;
import java.util.Map;

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

  /** Counts the messages and tools of a conversation. */
  public static TurnCounts of(Conversation conversation) {
    Map<Role, Integer> byRole = new EnumMap<>(Role.class);
    int calls = 0;
    int cycles = 0;
    boolean isOpen = false;
    for (Message message : conversation.messages()) {
      byRole.merge(message.role(), 1, Integer::sum);
      calls += message.toolCalls();
      if (message.role() == Role.TOOL && isOpen) {
        cycles++;
        isOpen = false;
      } else if (message.role() == Role.ASSISTANT) {
        isOpen = message.toolCalls() > 0;
      }
    }
    return new TurnCounts(
        byRole.getOrDefault(Role.USER, 0),
        byRole.getOrDefault(Role.ASSISTANT, 0),
        byRole.getOrDefault(Role.SYSTEM, 0),
        byRole.getOrDefault(Role.DEVELOPER, 0),
        byRole.getOrDefault(Role.TOOL, 0),
        conversation.toolSchemas().size(),
        calls,
        cycles);
  }

  /** Messages of anybody but the user. */
  public int nonUser() {
    return assistant + system + developer + tool;
  }

  public int messages() {
    return user + nonUser();
  }
}
