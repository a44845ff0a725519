package dev.gatun.server.http;

import dev.gatun.server.wire.Json;

/** Request bodies for tests. */
public final class Bodies {
  private Bodies() {}

  /** A chat request of one user turn. */
  public static String chat(String model, String text) {
    return "{\"model\":\""
        + model
        + "\",\"messages\":[{\"role\":\"user\",\"content\":"
        + Json.array().add(text).get(0)
        + "}]}";
  }

  /** The same, asking for a stream. */
  public static String stream(String model, String text) {
    String chat = chat(model, text);
    return chat.substring(0, chat.length() - 1) + ",\"stream\":true}";
  }
}
