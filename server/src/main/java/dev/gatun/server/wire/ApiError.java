package dev.gatun.server.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Compatibility;
import java.util.Optional;

/**
 * An error as an OpenAI client expects it: {@code {"error":{"message","type","param","code"}}}, or
 * as v0.3 sends it: {@code {"error":{"message","type","code"}}} with the status as a number. A
 * client of Anthropic expects {@code {"type":"error","error":{"type","message"},"request_id"}}.
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
    return json(Compatibility.GATUN);
  }

  /** The body of the reply of a router with these semantics, UTF-8. */
  public byte[] json(Compatibility compatibility) {
    return Json.bytes(tree(compatibility));
  }

  /** The body of the reply to a client that speaks this API; v0.3 has one form for all. */
  public byte[] json(Compatibility compatibility, Protocol client, String requestId) {
    boolean isAnthropic = compatibility == Compatibility.GATUN && client == Protocol.ANTHROPIC;
    return isAnthropic ? Json.bytes(anthropic(requestId)) : json(compatibility);
  }

  private ObjectNode anthropic(String requestId) {
    ObjectNode root = Json.object().put("type", "error");
    root.putObject("error").put("type", anthropicType()).put("message", message);
    return root.put("request_id", requestId);
  }

  /** Anthropic has words of its own for some statuses. */
  private String anthropicType() {
    return switch (code.status()) {
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 503 -> "overloaded_error";
      default -> type();
    };
  }

  /** The same as a server-sent event, for a stream that has begun. */
  public byte[] event(Compatibility compatibility) {
    return Json.event(tree(compatibility));
  }

  private ObjectNode tree(Compatibility compatibility) {
    ObjectNode root = Json.object();
    root.set(
        "error",
        switch (compatibility) {
          case GATUN -> own();
          case UPSTREAM_0_3 -> upstream();
        });
    return root;
  }

  /** v0.3 has one type for every status and repeats the status as a number. */
  private ObjectNode upstream() {
    return Json.object()
        .put("message", message)
        .put("type", "invalid_request_error")
        .put("code", code.status());
  }

  private ObjectNode own() {
    ObjectNode error = Json.object();
    error.put("message", message);
    error.put("type", type());
    error.put("param", param.orElse(null));
    return error.put("code", code.word());
  }
}
