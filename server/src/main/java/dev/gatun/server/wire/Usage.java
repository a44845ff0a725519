package dev.gatun.server.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;

/**
 * What a backend says of the tokens it counted.
 *
 * @param promptTokens tokens of the request; 0 when it does not say
 * @param cachedTokens those of the request that it had read before, when it says so
 * @param completionTokens tokens of the answer; 0 when it does not say
 * @param alone whether nothing else of interest came with it, as in the extra chunk that {@code
 *     stream_options.include_usage} adds to a stream
 */
public record Usage(
    long promptTokens, OptionalLong cachedTokens, long completionTokens, boolean alone) {
  private static final byte[] USAGE = "\"usage\"".getBytes(StandardCharsets.US_ASCII);

  /** A compressed body of more bytes is not read. */
  private static final int UNPACKED_BYTES_MAX = 4 << 20;

  /** The usage in an event of a stream; what cannot be read goes on unchanged and says nothing. */
  public static Optional<Usage> ofEvent(byte[] event) {
    if (!mayHave(event)) {
      return Optional.empty();
    }
    StringBuilder data = new StringBuilder();
    for (String line : new String(event, StandardCharsets.UTF_8).split("\r\n|\n|\r", -1)) {
      if (line.startsWith("data:")) {
        data.append(line, line.startsWith("data: ") ? 6 : 5, line.length()).append('\n');
      }
    }
    return read(data.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The usage in a whole response.
   *
   * @param encoding the {@code content-encoding}; of others than gzip and identity nothing is known
   */
  public static Optional<Usage> ofBody(byte[] body, String encoding) {
    return switch (encoding.toLowerCase(Locale.ROOT)) {
      case "", "identity" -> mayHave(body) ? read(body) : Optional.empty();
      case "gzip" -> unpacked(body).flatMap(Usage::read);
      default -> Optional.empty();
    };
  }

  private static Optional<byte[]> unpacked(byte[] body) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return Optional.of(in.readNBytes(UNPACKED_BYTES_MAX));
    } catch (IOException e) {
      // The client gets the same bytes and will see for itself.
      return Optional.empty();
    }
  }

  private static Optional<Usage> read(byte[] json) {
    try {
      JsonNode reply = Json.read(json);
      JsonNode usage = reply.path("usage");
      JsonNode choices = reply.path("choices");
      return usage.isObject()
          ? of(usage, choices.isArray() && choices.isEmpty())
          : Optional.empty();
    } catch (JsonProcessingException e) {
      // What cannot be read is the backend's own affair.
      return Optional.empty();
    }
  }

  /** Empty when a count is none. */
  private static Optional<Usage> of(JsonNode usage, boolean alone) {
    JsonNode prompt = usage.path("prompt_tokens");
    JsonNode completion = usage.path("completion_tokens");
    JsonNode cached = usage.path("prompt_tokens_details").path("cached_tokens");
    if (cached.isMissingNode()) {
      cached = usage.path("input_tokens_details").path("cached_tokens");
    }
    if (!isCount(prompt) || !isCount(completion) || !isCount(cached)) {
      return Optional.empty();
    }
    long tokens = Math.max(0, prompt.asLong(0));
    OptionalLong known =
        cached.isNumber()
            ? OptionalLong.of(Math.clamp(cached.asLong(), 0, tokens))
            : OptionalLong.empty();
    return Optional.of(new Usage(tokens, known, Math.max(0, completion.asLong(0)), alone));
  }

  private static boolean isCount(JsonNode value) {
    return value.isMissingNode()
        || value.isNull()
        || (value.isIntegralNumber() && value.canConvertToLong());
  }

  /** Whether there may be a usage object: chunks of many backends say {@code "usage":null}. */
  private static boolean mayHave(byte[] bytes) {
    for (int i = 0; i + USAGE.length <= bytes.length; i++) {
      int j = 0;
      while (j < USAGE.length && bytes[i + j] == USAGE[j]) {
        j++;
      }
      if (j == USAGE.length && !isNull(bytes, i + j)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNull(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && (bytes[at] == ':' || bytes[at] <= ' ')) {
      at++;
    }
    return at < bytes.length && bytes[at] == 'n';
  }
}
