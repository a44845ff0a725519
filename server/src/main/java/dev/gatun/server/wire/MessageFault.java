package dev.gatun.server.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a list of messages is none of Chat Completions. A backend may well understand it, but no
 * rule can: what signals could not read must not reach a backend (spec signals §0.1).
 *
 * @param place such as {@code messages[1].role}
 * @param message what is expected there and what is there instead
 */
public record MessageFault(String place, String message) {
  private static final String STRING = "a string";

  /** The first fault of an array of messages. */
  public static Optional<MessageFault> in(JsonNode messages) {
    for (int i = 0; i < messages.size(); i++) {
      Optional<Wrong> wrong = message(messages.path(i));
      if (wrong.isPresent()) {
        return Optional.of(wrong.get().within("messages[" + i + "]").fault());
      }
    }
    return Optional.empty();
  }

  /** What is wrong, told from the inside out, so that a list without a fault costs no text. */
  private record Wrong(String at, String expected, JsonNode found) {
    Wrong within(String outer) {
      return new Wrong(outer + at, expected, found);
    }

    MessageFault fault() {
      String instead =
          found.isMissingNode()
              ? "it is missing"
              : "got " + found.getNodeType().name().toLowerCase(Locale.ROOT);
      return new MessageFault(at, at + " must be " + expected + ", " + instead);
    }
  }

  private static Optional<Wrong> message(JsonNode message) {
    if (!message.isObject()) {
      return Optional.of(new Wrong("", "an object", message));
    }
    JsonNode role = message.path("role");
    if (!role.isTextual()) {
      return Optional.of(new Wrong(".role", STRING, role));
    }
    return content(message.path("content")).map(wrong -> wrong.within(".content"));
  }

  private static Optional<Wrong> content(JsonNode content) {
    if (isStringOrNone(content)) {
      return Optional.empty();
    }
    if (!content.isArray()) {
      return Optional.of(new Wrong("", "a string or an array of parts", content));
    }
    for (int i = 0; i < content.size(); i++) {
      Optional<Wrong> wrong = part(content.path(i));
      if (wrong.isPresent()) {
        return Optional.of(wrong.get().within("[" + i + "]"));
      }
    }
    return Optional.empty();
  }

  private static Optional<Wrong> part(JsonNode part) {
    if (part.isTextual()) {
      return Optional.empty();
    }
    if (!part.isObject()) {
      return Optional.of(new Wrong("", "an object", part));
    }
    for (String key : new String[] {"type", "text"}) {
      boolean isRead = key.equals("type") || Chat.isText(part);
      if (isRead && !isStringOrNone(part.path(key))) {
        return Optional.of(new Wrong("." + key, STRING, part.path(key)));
      }
    }
    return Optional.empty();
  }

  private static boolean isStringOrNone(JsonNode value) {
    return value.isTextual() || value.isMissingNode() || value.isNull();
  }
}
