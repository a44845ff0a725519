package dev.gatun.server.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

/** Recognises the extra chunk that {@code stream_options.include_usage} adds to a stream. */
public final class UsageFilter {
  private static final byte[] USAGE = "\"usage\"".getBytes(StandardCharsets.US_ASCII);

  private UsageFilter() {}

  /**
   * Whether an event is a chunk without choices that carries usage and nothing else of interest.
   */
  public static boolean isUsageOnly(byte[] event) {
    if (indexOf(event, USAGE) < 0) {
      return false;
    }
    StringBuilder data = new StringBuilder();
    for (String line : new String(event, StandardCharsets.UTF_8).split("\r\n|\n|\r", -1)) {
      if (line.startsWith("data:")) {
        data.append(line, line.startsWith("data: ") ? 6 : 5, line.length()).append('\n');
      }
    }
    try {
      JsonNode chunk = Json.read(data.toString().getBytes(StandardCharsets.UTF_8));
      JsonNode choices = chunk.path("choices");
      return choices.isArray() && choices.isEmpty() && chunk.path("usage").isObject();
    } catch (JsonProcessingException e) {
      // What cannot be read is the backend's own affair and goes on unchanged.
      return false;
    }
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      int j = 0;
      while (j < wanted.length && bytes[i + j] == wanted[j]) {
        j++;
      }
      if (j == wanted.length) {
        return i;
      }
    }
    return -1;
  }
}
