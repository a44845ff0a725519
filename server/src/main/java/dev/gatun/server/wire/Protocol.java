package dev.gatun.server.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;

/** The API that a client speaks. */
public enum Protocol {
  OPENAI("openai", "Chat Completions"),
  ANTHROPIC("anthropic", "Anthropic Messages");

  /** Roles of messages that only Chat Completions has. */
  private static final Set<String> CHAT_ROLES = Set.of("system", "developer", "tool", "function");

  /** Parts of contents that only Chat Completions has. */
  private static final Set<String> CHAT_PARTS = Set.of("image_url", "input_audio", "file");

  /** Blocks of contents that only Anthropic Messages has. */
  private static final Set<String> BLOCKS =
      Set.of(
          "tool_use",
          "tool_result",
          "redacted_thinking",
          "server_tool_use",
          "mcp_tool_use",
          "search_result",
          "container_upload",
          "document",
          "image");

  private final String word;
  private final String title;

  Protocol(String word, String title) {
    this.word = word;
    this.title = title;
  }

  /** As headers and answers name it. */
  public String word() {
    return word;
  }

  /**
   * Tells by what a body with {@code messages} has which only one of them knows. A body that has
   * nothing of either means the same to both.
   *
   * @throws IllegalArgumentException when it has something of each; the message says what and where
   */
  public static Protocol of(JsonNode body) {
    Optional<String> anthropic = anthropic(body);
    Optional<String> chat = chat(body);
    if (anthropic.isPresent() && chat.isPresent()) {
      throw new IllegalArgumentException(
          "the body is neither "
              + OPENAI.title
              + " nor "
              + ANTHROPIC.title
              + ": only the one has "
              + chat.get()
              + ", only the other "
              + anthropic.get());
    }
    return anthropic.isPresent() ? ANTHROPIC : OPENAI;
  }

  /** Where the body has what only Anthropic Messages knows. */
  private static Optional<String> anthropic(JsonNode body) {
    for (String key : new String[] {"system", "anthropic_version", "anthropic_beta"}) {
      if (body.hasNonNull(key)) {
        return Optional.of(key);
      }
    }
    return first(body.path("tools"), "tools", Protocol::anthropicMember)
        .or(() -> contents(body, Protocol::isBlock));
  }

  /** A tool has its name at once; that of Chat Completions is inside, with its type as the key. */
  private static String anthropicMember(JsonNode tool) {
    if (!chatMemberOfTool(tool).isEmpty()) {
      return "";
    }
    if (tool.has("input_schema")) {
      return "input_schema";
    }
    boolean isNamed = tool.hasNonNull("name") && !Json.text(tool, "type").equals("function");
    return isNamed ? "name" : "";
  }

  private static String chatMemberOfTool(JsonNode tool) {
    if (tool.path("function").isObject()) {
      return "function";
    }
    return tool.path("custom").isObject() ? "custom" : "";
  }

  /** Others than Anthropic write thinking, too, but as a list. */
  private static boolean isBlock(JsonNode part) {
    String type = Json.text(part, "type");
    return BLOCKS.contains(type)
        || type.endsWith("_tool_result")
        || (type.equals("thinking") && part.path("thinking").isTextual());
  }

  /** Where the body has what only Chat Completions knows. */
  private static Optional<String> chat(JsonNode body) {
    return first(body.path("tools"), "tools", Protocol::chatMemberOfTool)
        .or(() -> first(body.path("messages"), "messages", Protocol::chatMember))
        .or(() -> contents(body, part -> CHAT_PARTS.contains(Json.text(part, "type"))));
  }

  private static String chatMember(JsonNode message) {
    if (message.hasNonNull("tool_calls")) {
      return "tool_calls";
    }
    String role = Json.text(message, "role");
    return CHAT_ROLES.contains(role) ? "role " + role : "";
  }

  /** A look at one of several things; the empty text when there is nothing to be seen. */
  private interface Look {
    String at(JsonNode item);
  }

  private static Optional<String> first(JsonNode items, String path, Look look) {
    for (int i = 0; items.isArray() && i < items.size(); i++) {
      String seen = look.at(items.path(i));
      if (!seen.isEmpty()) {
        return Optional.of(path + "[" + i + "]." + seen);
      }
    }
    return Optional.empty();
  }

  /** Whether a part of a content is of one kind. */
  private interface Kind {
    boolean has(JsonNode part);
  }

  private static Optional<String> contents(JsonNode body, Kind kind) {
    JsonNode messages = body.path("messages");
    for (int i = 0; i < messages.size(); i++) {
      Optional<String> part =
          first(
              messages.path(i).path("content"),
              "messages[" + i + "].content",
              one -> kind.has(one) ? "type " + Json.text(one, "type") : "");
      if (part.isPresent()) {
        return part;
      }
    }
    return Optional.empty();
  }
}
