package dev.gatun.router.model;

import java.util.List;

/**
 * One turn of a conversation.
 *
 * @param text string content, or the {@code text} of the text parts joined by one space; empty when
 *     the turn has none
 * @param toolCalls number of tool calls an assistant turn makes; 0 or more
 * @param spoken its audio parts in order
 */
public record Message(Role role, String text, int toolCalls, List<Audio> spoken) {
  public Message {
    if (toolCalls < 0) {
      throw new IllegalArgumentException("toolCalls must be 0 or more, got " + toolCalls);
    }
    spoken = List.copyOf(spoken);
  }

  /** A turn without audio. */
  public Message(Role role, String text, int toolCalls) {
    this(role, text, toolCalls, List.of());
  }

  public static Message of(Role role, String text) {
    return new Message(role, text, 0);
  }
}
