package dev.gatun.server.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.router.model.Audio;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Image;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.model.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** From the members of a Chat Completions body to the protocol-neutral conversation. */
public final class Chat {
  private Chat() {}

  /**
   * Reads turns, tool schemas and metadata.
   *
   * @param messages the {@code messages} array
   * @param tools the {@code tools} array, or anything else for none
   * @param metadata the {@code metadata} object, or anything else for none
   */
  public static Conversation conversation(JsonNode messages, JsonNode tools, JsonNode metadata) {
    List<Message> turns = new ArrayList<>();
    for (JsonNode message : messages) {
      turns.add(turn(role(Json.text(message, "role")), message));
    }
    List<String> schemas = new ArrayList<>();
    if (tools.isArray()) {
      tools.forEach(tool -> schemas.add(tool.toString()));
    }
    return new Conversation(turns, schemas, metadata.isObject() ? metadata.toString() : "");
  }

  private static Message turn(Role role, JsonNode message) {
    JsonNode calls = message.path("tool_calls");
    JsonNode content = message.path("content");
    List<ToolCall> asked = new ArrayList<>();
    if (calls.isArray()) {
      calls.forEach(call -> asked.add(new ToolCall(Json.text(call, "id"), call.toString())));
    }
    String answers = Json.text(message, "tool_call_id");
    return new Message(role, text(content), asked, answers, spoken(content), shown(content));
  }

  /** The images of a message whose bytes are here; nobody fetches what an address names. */
  private static List<Image> shown(JsonNode content) {
    List<Image> shown = new ArrayList<>();
    if (content.isArray()) {
      for (JsonNode part : content) {
        if (Json.text(part, "type").equals("image_url")) {
          JsonNode named = part.path("image_url");
          String uri = named.isTextual() ? named.textValue() : Json.text(named, "url");
          Image.ofDataUri(uri).ifPresent(shown::add);
        }
      }
    }
    return shown;
  }

  /** The audio parts of a message; those without data say nothing. */
  private static List<Audio> spoken(JsonNode content) {
    List<Audio> spoken = new ArrayList<>();
    if (content.isArray()) {
      for (JsonNode part : content) {
        JsonNode audio = part.path("input_audio");
        if (Json.text(part, "type").equals("input_audio") && audio.path("data").isTextual()) {
          spoken.add(new Audio(Json.text(audio, "format"), audio.path("data").textValue()));
        }
      }
    }
    return spoken;
  }

  /**
   * Tokens that the answer may have; 0 where nobody says.
   *
   * @param older the member {@code max_tokens}
   * @param newer the member {@code max_completion_tokens}, which counts before the other
   */
  public static long answerTokens(JsonNode older, JsonNode newer) {
    JsonNode said = newer.isIntegralNumber() ? newer : older;
    return said.isIntegralNumber() && said.canConvertToLong() ? Math.max(0, said.asLong()) : 0;
  }

  /** Whether no message has a part that is no text. */
  public static boolean isTextOnly(JsonNode messages) {
    for (JsonNode message : messages) {
      JsonNode content = message.path("content");
      if (content.isArray() && !content.valueStream().allMatch(Chat::isText)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a part of a content is text; one without a type is. */
  static boolean isText(JsonNode part) {
    return !part.hasNonNull("type") || Json.text(part, "type").equals("text");
  }

  /**
   * Text of a message: its string content, or what the parts of an array say, joined by one space.
   * A part says what its text is, whatever its type: some backends know types that others do not,
   * and some take a string for a part. What an assistant refused with counts as said.
   */
  public static String text(JsonNode content) {
    if (content.isTextual()) {
      return content.textValue();
    }
    List<String> parts = new ArrayList<>();
    if (content.isArray()) {
      for (JsonNode part : content) {
        Stream.of(part, part.path("text"), part.path("refusal"))
            .filter(JsonNode::isTextual)
            .map(JsonNode::textValue)
            .forEach(parts::add);
      }
    }
    return String.join(" ", parts);
  }

  /**
   * A role that nobody knows, such as one a vendor invents, is passed on as it is. What it says
   * counts as said by the user: a guard must see whatever reaches a backend.
   */
  private static Role role(String name) {
    return switch (name) {
      case "system" -> Role.SYSTEM;
      case "developer" -> Role.DEVELOPER;
      case "assistant" -> Role.ASSISTANT;
      case "tool", "function" -> Role.TOOL;
      default -> Role.USER;
    };
  }
}
