package dev.gatun.server.external;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Message;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.LanguageModel.Chat;
import dev.gatun.server.wire.Json;
import java.util.Locale;

/** Questions and answers as Chat Completions has them. */
final class ChatBody {
  /** Between these a model thinks aloud. */
  private static final String THOUGHTS = "<think>";

  private static final String THOUGHTS_END = "</think>";

  private ChatBody() {}

  /**
   * The body of a request.
   *
   * @param model as its server knows it
   */
  static byte[] of(String model, Chat chat) {
    ObjectNode body = Json.object().put("model", model);
    ArrayNode messages = body.putArray("messages");
    for (Message turn : chat.turns()) {
      messages
          .addObject()
          .put("role", turn.role().name().toLowerCase(Locale.ROOT))
          .put("content", turn.text());
    }
    body.put("max_tokens", chat.limits().tokensMax());
    body.put("temperature", chat.limits().temperature());
    body.put("stream", false);
    return Json.bytes(body);
  }

  /** The text of a response without thoughts, or what is wrong with it. */
  static Answer<String> read(byte[] response) {
    JsonNode tree;
    try {
      tree = Json.read(response);
    } catch (JsonProcessingException e) {
      return Answer.failed("did not answer in JSON");
    }
    JsonNode content = tree.at("/choices/0/message/content");
    if (!content.isTextual()) {
      return Answer.failed("did not answer as Chat Completions does");
    }
    String text = content.textValue();
    int end = text.lastIndexOf(THOUGHTS_END);
    if (end < 0 && text.stripLeading().startsWith(THOUGHTS)) {
      return Answer.failed("did not come to the end of its thoughts; raise its max_tokens");
    }
    String said = end < 0 ? text : text.substring(end + THOUGHTS_END.length());
    return said.isBlank() ? Answer.failed("answered with nothing") : Answer.of(said);
  }
}
