package dev.gatun.server.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * An error as an OpenAI client expects it: {@code {"error":{"message","type","param","code"}}}.
 *
 * @param message for the caller; never holds a secret or text of a prompt
 * @param param the request field at fault, when there is one
 */
public record ApiError(ErrorCode code, String message, Optional<String> param) {

  public static ApiError of(ErrorCode code, String message) {
    return new ApiError(code, message, Optional.empty());
  }

  public static ApiError of(ErrorCode code, String message, String param) {
    return new ApiError(code, message, Optional.of(param));
  }

  /** The error class of OpenAI's convention, which follows from the status. */
  public String type() {
    return switch (code.status()) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 429 -> "rate_limit_error";
      default -> code.status() >= 500 ? "api_error" : "invalid_request_error";
    };
  }

  /** The body of the reply, UTF-8. */
  public byte[] json() {
    return Json.bytes(tree());
  }

  /** The same as a server-sent event, for a stream that has begun. */
  public byte[] event() {
    return Json.event(tree());
  }

  private ObjectNode tree() {
    ObjectNode error = Json.object();
    error.put("message", message);
    error.put("type", type());
    error.put("param", param.orElse(null));
    error.put("code", code.word());
    ObjectNode root = Json.object();
    root.set("error", error);
    return root;
  }
}
