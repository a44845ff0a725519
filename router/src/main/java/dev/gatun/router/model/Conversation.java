package dev.gatun.router.model;

import java.util.List;

/**
 * What the client sent, free of its protocol: Chat, Responses and Messages all become one of these,
 * so that they cannot be routed differently.
 *
 * @param messages turns in the order of the request
 * @param toolSchemas tool definitions as serialised JSON, one per tool
 * @param metadata of the request as serialised JSON; empty when it has none
 */
public record Conversation(List<Message> messages, List<String> toolSchemas, String metadata) {
  public Conversation {
    messages = List.copyOf(messages);
    toolSchemas = List.copyOf(toolSchemas);
  }

  /** A conversation without metadata. */
  public Conversation(List<Message> messages, List<String> toolSchemas) {
    this(messages, toolSchemas, "");
  }

  public static Conversation of(Message... messages) {
    return new Conversation(List.of(messages), List.of(), "");
  }

  /** A conversation of one user turn. */
  public static Conversation ofUser(String text) {
    return of(Message.of(Role.USER, text));
  }
}
