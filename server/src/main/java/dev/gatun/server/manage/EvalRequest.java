package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Facts;
import dev.gatun.server.wire.Chat;
import java.util.Optional;

/**
 * What a dry run is asked: a text, messages, or a whole Chat Completions body. Messages win over a
 * text.
 *
 * @param model the requested model; {@code auto} when the request names none
 */
record EvalRequest(Conversation conversation, String model) {
  private static final String AUTOMATIC = "auto";

  static EvalRequest of(JsonNode body) {
    if (!body.isObject()) {
      throw ManageException.invalid("a JSON object with text or messages is expected");
    }
    JsonNode messages = body.path("messages");
    JsonNode text = body.path("text");
    Conversation conversation;
    if (messages.isArray() && !messages.isEmpty()) {
      conversation = Chat.conversation(messages, body.path("tools"));
    } else if (text.isTextual()) {
      conversation = Conversation.ofUser(text.textValue());
    } else {
      throw ManageException.invalid("text (a string) or messages (an array) is required");
    }
    if (Facts.of(conversation).evaluationText().isBlank()) {
      throw ManageException.invalid("there is no text to evaluate");
    }
    return new EvalRequest(conversation, model(body).orElse(AUTOMATIC));
  }

  private static Optional<String> model(JsonNode body) {
    JsonNode model = body.isObject() ? body.path("model") : MissingNode.getInstance();
    return Optional.of(model)
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .filter(name -> !name.isEmpty());
  }
}
