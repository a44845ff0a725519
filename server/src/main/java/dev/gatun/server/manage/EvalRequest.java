package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.gatun.router.config.AuthzSettings;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Identity;
import dev.gatun.server.wire.Chat;
import dev.gatun.server.wire.Json;
import dev.gatun.server.wire.Loss;
import dev.gatun.server.wire.MessageFault;
import dev.gatun.server.wire.Messages;
import dev.gatun.server.wire.Protocol;
import dev.gatun.server.wire.Responses;
import dev.gatun.server.wire.SessionKey;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a dry run is asked: a text, messages, or a whole body of Chat Completions, Anthropic
 * Messages or Responses. Messages win over a text. {@code headers} are those that a client would
 * send; {@code id} stands for the request's id where they name none, so that weighted choices
 * spread over many rows as over many requests.
 *
 * @param protocol that of the messages; empty where there is a text alone
 * @param losses what of the messages signals do not see
 * @param headers by lower-case name
 * @param model the requested model; {@code auto} when the request names none
 * @param answerTokens that the answer may have; 0 when the request does not say
 * @param key of weighted choices
 * @param options what is told besides
 */
record EvalRequest(
    Conversation conversation,
    Optional<Protocol> protocol,
    List<Loss> losses,
    Map<String, String> headers,
    String model,
    long answerTokens,
    String key,
    EvalOptions options) {
  private static final String AUTOMATIC = "auto";
  private static final String ANONYMOUS = "eval";

  static EvalRequest of(JsonNode written, Compatibility compatibility) {
    if (!written.isObject()) {
      throw ManageException.invalid("a JSON object with text or messages is expected");
    }
    if (Responses.isOne(written)) {
      Responses.Read read = Responses.read(written);
      return of(read.chat(), read.losses(), compatibility);
    }
    return of(written, List.of(), compatibility);
  }

  private static EvalRequest of(JsonNode body, List<Loss> losses, Compatibility compatibility) {
    check(body);
    JsonNode messages = body.path("messages");
    JsonNode text = body.path("text");
    Map<String, String> headers = headers(body.path("headers"));
    String model = text(body.path("model")).orElse(AUTOMATIC);
    long answer = Chat.answerTokens(body.path("max_tokens"), body.path("max_completion_tokens"));
    String key = key(body, headers);
    EvalOptions options = EvalOptions.of(body);
    if (messages.isArray() && !messages.isEmpty()) {
      Protocol protocol = protocol(body);
      Messages.Read read = read(body, protocol, compatibility);
      return new EvalRequest(
          Chat.isTextOnly(messages) ? spoken(read.conversation()) : read.conversation(),
          Optional.of(protocol),
          Stream.concat(losses.stream(), read.losses().stream()).toList(),
          headers,
          model,
          answer,
          key,
          options);
    }
    if (text.isTextual()) {
      return new EvalRequest(
          spoken(Chat.conversation(said(text), body.path("tools"), body.path("metadata"))),
          Optional.empty(),
          List.of(),
          headers,
          model,
          answer,
          key,
          options);
    }
    throw ManageException.invalid("text (a string), messages (an array) or input is required");
  }

  /** A text as the one message of its user. */
  private static ArrayNode said(JsonNode text) {
    ArrayNode messages = Json.array();
    messages.addObject().put("role", "user").set("content", text);
    return messages;
  }

  /** Refuses what a client could not send either; null is as good as absent. */
  private static void check(JsonNode body) {
    of(body, "model", JsonNode::isTextual, "a string");
    of(body, "tools", JsonNode::isArray, "an array");
    of(body, "stream", JsonNode::isBoolean, "true or false");
  }

  private static void of(JsonNode body, String key, Predicate<JsonNode> right, String expected) {
    JsonNode value = body.path(key);
    if (!value.isMissingNode() && !value.isNull() && !right.test(value)) {
      throw ManageException.invalid(key + " must be " + expected);
    }
  }

  private static Protocol protocol(JsonNode body) {
    try {
      return Protocol.of(body);
    } catch (IllegalArgumentException e) {
      throw ManageException.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static Messages.Read read(JsonNode body, Protocol protocol, Compatibility compatibility) {
    return switch (protocol) {
      case OPENAI -> new Messages.Read(chat(body), List.of());
      case ANTHROPIC -> Messages.read(body, compatibility);
    };
  }

  /** Refuses messages that the data plane refuses, in the same words. */
  private static Conversation chat(JsonNode body) {
    JsonNode messages = body.path("messages");
    MessageFault.in(messages)
        .ifPresent(fault -> {
          throw ManageException.invalid(fault.message());
        });
    return Chat.conversation(messages, body.path("tools"), body.path("metadata"));
  }

  /** The conversation, which has to say something: nothing is not evaluated. */
  private static Conversation spoken(Conversation conversation) {
    Facts facts = Facts.of(conversation);
    boolean isBlank = conversation.messages().stream().allMatch(m -> m.text().isBlank());
    if (isBlank && facts.spoken().isEmpty() && facts.shown().isEmpty()) {
      throw ManageException.invalid("there is no text to evaluate");
    }
    return conversation;
  }

  /** Who the row says is asking: whoever may make dry runs may try any identity. */
  Identity identity(AuthzSettings names) {
    return new Identity(
        headers.getOrDefault(names.userIdHeader(), "").strip(),
        Identity.groups(headers.getOrDefault(names.userGroupsHeader(), "")));
  }

  private static String key(JsonNode body, Map<String, String> headers) {
    String id = body.path("id").asText();
    return SessionKey.of(
        name -> Optional.ofNullable(headers.get(name)),
        headers.getOrDefault("x-request-id", id.isEmpty() ? ANONYMOUS : id));
  }

  /** Values by lower-case name. */
  private static Map<String, String> headers(JsonNode written) {
    if (!written.isObject() && !written.isMissingNode() && !written.isNull()) {
      throw ManageException.invalid("headers must be an object of names and values");
    }
    Map<String, String> headers = new HashMap<>();
    for (var header : written.properties()) {
      text(header.getValue())
          .ifPresent(value -> headers.put(header.getKey().toLowerCase(Locale.ROOT), value));
    }
    return headers;
  }

  private static Optional<String> text(JsonNode value) {
    return Optional.of(value)
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .filter(text -> !text.isEmpty());
  }
}
