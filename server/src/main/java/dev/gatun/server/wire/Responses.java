package dev.gatun.server.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.wire.Loss.Severity;
import java.util.ArrayList;
import java.util.List;

/**
 * From a Responses body to the Chat Completions body that says the same to signals (spec http-api
 * §2.8): instructions, turns, calls of tools and their results, tools. For one body.
 */
public final class Responses {
  private static final String CONTENT = "content";

  private final ArrayNode messages = Json.array();
  private final List<Loss> losses = new ArrayList<>();

  private Responses() {}

  /**
   * A body that was read.
   *
   * @param losses what of it the other body does not have, in the order of the body
   */
  public record Read(ObjectNode chat, List<Loss> losses) {
    public Read {
      losses = List.copyOf(losses);
    }
  }

  /** Whether a body is one of Responses: it has its input in place of messages. */
  public static boolean isOne(JsonNode body) {
    JsonNode input = body.path("input");
    return (input.isTextual() || input.isArray()) && !body.has("messages");
  }

  /** Reads a body; its other members stay as they are. */
  public static Read read(JsonNode body) {
    Responses responses = new Responses();
    ObjectNode chat = body.deepCopy();
    String instructions = Json.text(body, "instructions");
    if (!instructions.isEmpty()) {
      responses.say("system").put(CONTENT, instructions);
    }
    if (body.hasNonNull("previous_response_id")) {
      responses.lost("dropped", "previous_response_id");
    }
    JsonNode input = body.path("input");
    if (input.isTextual()) {
      responses.say("user").set(CONTENT, input);
    }
    for (int i = 0; input.isArray() && i < input.size(); i++) {
      responses.item(input.path(i), "input[" + i + "]");
    }
    chat.set("messages", responses.messages);
    chat.remove(List.of("input", "instructions", "previous_response_id"));
    if (body.path("max_output_tokens").isIntegralNumber()) {
      chat.set("max_completion_tokens", body.path("max_output_tokens"));
    }
    if (body.path("tools").isArray()) {
      chat.set("tools", tools(body.path("tools")));
    }
    return new Read(chat, responses.losses);
  }

  private ObjectNode say(String role) {
    return messages.addObject().put("role", role);
  }

  private void lost(String reason, String field) {
    losses.add(new Loss(Severity.LOSSY, reason, field));
  }

  private void item(JsonNode item, String field) {
    String type = Json.text(item, "type");
    switch (type.isEmpty() ? "message" : type) {
      case "message" -> {
        String role = Json.text(item, "role");
        say(role.isEmpty() ? "user" : role).set(CONTENT, content(item.path(CONTENT)));
      }
      case "function_call" -> {
        ObjectNode call = say("assistant").putArray("tool_calls").addObject();
        call.put("id", Json.text(item, "call_id")).put("type", "function");
        call.putObject("function")
            .put("name", Json.text(item, "name"))
            .put("arguments", Json.text(item, "arguments"));
      }
      case "function_call_output" ->
          say("tool")
              .put("tool_call_id", Json.text(item, "call_id"))
              .set(CONTENT, content(item.path("output")));
      default -> lost("unsupported_type", field + "." + type);
    }
  }

  /** Texts are texts whoever said them; pictures and files are named as Chat Completions does. */
  private static JsonNode content(JsonNode content) {
    if (!content.isArray()) {
      return content;
    }
    ArrayNode parts = Json.array();
    for (JsonNode part : content) {
      switch (Json.text(part, "type")) {
        case "input_text", "output_text", "text" ->
            parts.addObject().put("type", "text").put("text", Json.text(part, "text"));
        case "input_image" ->
            parts
                .addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", Json.text(part, "image_url"));
        case "input_file" -> parts.addObject().put("type", "file");
        default -> parts.add(part);
      }
    }
    return parts;
  }

  /** Functions have their names inside; other tools stay as they are. */
  private static ArrayNode tools(JsonNode written) {
    ArrayNode tools = Json.array();
    for (JsonNode tool : written) {
      if (Json.text(tool, "type").equals("function") && !tool.has("function")) {
        ObjectNode function = tool.deepCopy();
        function.remove("type");
        tools.addObject().put("type", "function").set("function", function);
      } else {
        tools.add(tool);
      }
    }
    return tools;
  }
}
