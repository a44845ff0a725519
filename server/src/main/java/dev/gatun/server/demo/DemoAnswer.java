package dev.gatun.server.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.wire.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One answer in the shapes of the Chat Completions API. */
record DemoAnswer(String model, String text) {
  private static final String ID = "chatcmpl-demo";
  private static final int CHUNK_CODE_POINTS = 20;

  /** The answer as one JSON document. */
  byte[] completion() {
    ObjectNode root = frame("chat.completion");
    ObjectNode choice = root.putArray("choices").addObject();
    choice.put("index", 0);
    choice.putObject("message").put("role", "assistant").put("content", text);
    choice.put("finish_reason", "stop");
    root.set("usage", usage());
    return Json.bytes(root);
  }

  /** The answer as server-sent events, the closing {@code [DONE]} included. */
  List<byte[]> events(boolean withUsage) {
    List<byte[]> events = new ArrayList<>();
    events.add(chunk(Json.object().put("role", "assistant").put("content", ""), false));
    int at = 0;
    while (at < text.length()) {
      int left = text.codePointCount(at, text.length());
      int end = text.offsetByCodePoints(at, Math.min(CHUNK_CODE_POINTS, left));
      events.add(chunk(Json.object().put("content", text.substring(at, end)), false));
      at = end;
    }
    events.add(chunk(Json.object(), true));
    if (withUsage) {
      ObjectNode root = frame("chat.completion.chunk");
      root.putArray("choices");
      root.set("usage", usage());
      events.add(Json.event(root));
    }
    events.add("data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII));
    return events;
  }

  private byte[] chunk(ObjectNode delta, boolean last) {
    ObjectNode root = frame("chat.completion.chunk");
    ObjectNode choice = root.putArray("choices").addObject();
    choice.put("index", 0);
    choice.set("delta", delta);
    choice.put("finish_reason", last ? "stop" : null);
    return Json.event(root);
  }

  private ObjectNode frame(String object) {
    return Json.object()
        .put("id", ID)
        .put("object", object)
        .put("created", Instant.now().getEpochSecond())
        .put("model", model);
  }

  /** Words stand in for tokens. */
  private ObjectNode usage() {
    int words = text.split("\\s+", -1).length;
    return Json.object()
        .put("prompt_tokens", words)
        .put("completion_tokens", words)
        .put("total_tokens", 2 * words);
  }
}
