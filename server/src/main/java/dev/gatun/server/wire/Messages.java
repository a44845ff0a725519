package dev.gatun.server.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Image;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.model.ToolCall;
import dev.gatun.server.wire.Loss.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From an Anthropic Messages body to the protocol-neutral conversation, as far as signals look at
 * it: texts, roles, tools and their results (spec http-api §2.9, signals §0.1). For one body.
 */
public final class Messages {
  private static final String CONTENT = "content";
  private static final String UNKNOWN_BLOCK = "unsupported_block_type";
  private static final String UNKNOWN_TYPE = "unsupported_type";

  private final List<Message> turns = new ArrayList<>();
  private final List<String> schemas = new ArrayList<>();
  private final List<Loss> losses = new ArrayList<>();

  private final Compatibility compatibility;

  private Messages(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  /**
   * A body that was read.
   *
   * @param losses what of it the conversation does not have, in the order of the body
   */
  public record Read(Conversation conversation, List<Loss> losses) {
    public Read {
      losses = List.copyOf(losses);
    }
  }

  /**
   * Reads a body; what does not fit is left out and told.
   *
   * @param compatibility upstream takes a user turn for one message of the user, whatever it holds
   */
  public static Read read(JsonNode body, Compatibility compatibility) {
    Messages messages = new Messages(compatibility);
    messages.system(body.path("system"));
    JsonNode all = body.path("messages");
    for (int i = 0; i < all.size(); i++) {
      messages.message(all.path(i), "messages[" + i + "]");
    }
    JsonNode tools = body.path("tools");
    for (int i = 0; tools.isArray() && i < tools.size(); i++) {
      messages.tool(tools.path(i), "tools[" + i + "]");
    }
    JsonNode metadata = body.path("metadata");
    return new Read(
        new Conversation(
            messages.turns, messages.schemas, metadata.isObject() ? metadata.toString() : ""),
        messages.losses);
  }

  private void lost(Severity severity, String reason, String field) {
    losses.add(new Loss(severity, reason, field));
  }

  /** However many blocks it has, it is one message. */
  private void system(JsonNode system) {
    if (system.isTextual() || system.isArray()) {
      String text = Chat.text(system);
      if (!text.isEmpty()) {
        turns.add(Message.of(Role.SYSTEM, text));
      }
      for (int i = 0; i < system.size(); i++) {
        if (!Chat.isText(system.path(i))) {
          lost(Severity.LOSSY, UNKNOWN_BLOCK, "system[" + i + "]");
        }
      }
    } else if (!system.isMissingNode() && !system.isNull()) {
      lost(Severity.LOSSY, UNKNOWN_TYPE, "system");
    }
  }

  private void message(JsonNode message, String path) {
    JsonNode content = message.path(CONTENT);
    String role = Json.text(message, "role");
    if (!content.isTextual() && !content.isArray()) {
      lost(Severity.LOSSY, UNKNOWN_TYPE, path + "." + CONTENT);
    }
    switch (role) {
      case "user" -> user(content, path + "." + CONTENT);
      case "assistant" -> assistant(content, path + "." + CONTENT);
      default -> lost(Severity.LOSSY, "unsupported_role", path);
    }
  }

  /** Results of tools are messages of their own, in the order in which they stand. */
  private void user(JsonNode content, String path) {
    if (!content.isArray()) {
      turns.add(Message.of(Role.USER, Chat.text(content)));
      return;
    }
    boolean isOneMessage = compatibility == Compatibility.UPSTREAM_0_3;
    int start = turns.size();
    List<String> texts = new ArrayList<>();
    List<Image> images = new ArrayList<>();
    boolean isOpen = false;
    for (int i = 0; i < content.size(); i++) {
      JsonNode block = content.path(i);
      String at = path + "[" + i + "]";
      switch (Json.text(block, "type")) {
        case "text" -> {
          texts.add(Json.text(block, "text"));
          isOpen = true;
        }
        case "image" -> {
          image(block, at).ifPresent(images::add);
          isOpen = true;
        }
        case "tool_result" -> {
          if (isOpen && !isOneMessage) {
            turns.add(Message.showing(String.join(" ", texts), images));
            texts.clear();
            images.clear();
            isOpen = false;
          }
          result(block, at);
        }
        case "document", "thinking", "redacted_thinking" -> {} // for backends that know them
        default -> lost(Severity.LOSSY, UNKNOWN_BLOCK, at);
      }
    }
    if (isOneMessage) {
      turns.add(start, Message.showing(String.join(" ", texts), images));
    } else if (isOpen) {
      turns.add(Message.showing(String.join(" ", texts), images));
    }
  }

  /** The image, if its bytes are here and of a kind that is looked at. */
  private Optional<Image> image(JsonNode block, String at) {
    JsonNode source = block.path("source");
    switch (Json.text(source, "type")) {
      case "base64" -> {
        if (Json.text(source, "data").isEmpty() || Json.text(source, "media_type").isEmpty()) {
          lost(Severity.LOSSY, "incomplete_base64", at);
        }
      }
      case "url" -> {
        if (Json.text(source, "url").isEmpty()) {
          lost(Severity.LOSSY, "missing_url", at);
        }
      }
      case "file" -> lost(Severity.INFO, "image_file_id_unresolved", at);
      default -> lost(Severity.LOSSY, "unsupported_image_source", at);
    }
    return Json.text(source, "type").equals("base64")
        ? Image.of(Json.text(source, "media_type"), Json.text(source, "data"))
        : Optional.empty();
  }

  private void result(JsonNode block, String at) {
    String call = Json.text(block, "tool_use_id");
    if (call.isEmpty()) {
      lost(Severity.ERROR, "missing_tool_use_id", at);
      return;
    }
    JsonNode content = block.path(CONTENT);
    List<String> texts = new ArrayList<>();
    for (int i = 0; content.isArray() && i < content.size(); i++) {
      String part = at + "." + CONTENT + "[" + i + "]";
      switch (Json.text(content.path(i), "type")) {
        case "text" -> texts.add(Json.text(content.path(i), "text"));
        case "image" -> lost(Severity.LOSSY, "tool_result_image_dropped", part);
        case "document" -> lost(Severity.LOSSY, "tool_result_document_dropped", part);
        default -> lost(Severity.LOSSY, "unsupported_tool_result_part", part);
      }
    }
    String text = content.isArray() ? String.join("\n", texts) : Chat.text(content);
    turns.add(Message.result(call, text));
  }

  private void assistant(JsonNode content, String path) {
    List<String> texts = new ArrayList<>();
    List<ToolCall> calls = new ArrayList<>();
    for (int i = 0; content.isArray() && i < content.size(); i++) {
      JsonNode block = content.path(i);
      String at = path + "[" + i + "]";
      switch (Json.text(block, "type")) {
        case "text" -> texts.add(Json.text(block, "text"));
        case "tool_use" -> {
          boolean isWhole =
              !Json.text(block, "id").isEmpty() && !Json.text(block, "name").isEmpty();
          if (isWhole) {
            calls.add(call(block));
          } else {
            lost(Severity.ERROR, "incomplete_tool_use", at);
          }
        }
        case "thinking" -> {} // of the model, for itself
        case "server_tool_use" -> lost(Severity.INFO, "server_tool_use_captured", at);
        default -> lost(Severity.LOSSY, UNKNOWN_BLOCK, at);
      }
    }
    String all = content.isArray() ? String.join(" ", texts) : Chat.text(content);
    turns.add(Message.calling(all, calls));
  }

  private static ToolCall call(JsonNode block) {
    String id = Json.text(block, "id");
    ObjectNode call = Json.object().put("id", id).put("type", "function");
    call.putObject("function")
        .put("name", Json.text(block, "name"))
        .put(
            "arguments",
            block.path("input").isMissingNode() ? "{}" : block.get("input").toString());
    return new ToolCall(id, call.toString());
  }

  /** As Chat Completions writes it, so that a request is as long whatever API it came by. */
  private void tool(JsonNode tool, String path) {
    String type = tool.hasNonNull("type") ? Json.text(tool, "type") : "custom";
    if (!type.equals("custom")) {
      lost(Severity.INFO, "server_tool_captured", path);
      schemas.add(tool.toString());
      return;
    }
    if (Json.text(tool, "name").isEmpty()) {
      lost(Severity.ERROR, "missing_name", path);
      return;
    }
    ObjectNode function = Json.object();
    for (String key : new String[] {"name", "description"}) {
      if (tool.hasNonNull(key)) {
        function.set(key, tool.get(key));
      }
    }
    if (tool.path("input_schema").isObject()) {
      function.set("parameters", tool.get("input_schema"));
    } else {
      lost(Severity.LOSSY, "invalid_schema", path + ".input_schema");
    }
    ObjectNode written = Json.object().put("type", "function");
    written.set("function", function);
    schemas.add(written.toString());
  }
}
