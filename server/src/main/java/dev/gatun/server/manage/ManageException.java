package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.wire.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Ends a management request with an error reply. */
public final class ManageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  ManageException(int status, String code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  static ManageException invalid(String message) {
    return new ManageException(400, "INVALID_INPUT", message);
  }

  /** While models are being loaded. */
  public static ManageException notReady() {
    return new ManageException(503, "MODEL_NOT_READY", "models are being loaded; try again soon");
  }

  int status() {
    return status;
  }

  /** {@code {"error":{"code","message","timestamp"}}}. */
  public ObjectNode json() {
    ObjectNode root = Json.object();
    root.putObject("error")
        .put("code", code)
        .put("message", getMessage())
        .put("timestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    return root;
  }
}
