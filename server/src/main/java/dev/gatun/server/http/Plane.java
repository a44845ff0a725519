package dev.gatun.server.http;

import dev.gatun.server.wire.ApiError;
import dev.gatun.server.wire.ErrorCode;
import io.helidon.webserver.http.Handler;

/** What a listener answers, and in which words it refuses what never reaches its handler. */
@FunctionalInterface
public interface Plane extends Handler {
  /** Whether every reply from now on ends its connection, because the server stops. */
  default boolean draining() {
    return false;
  }

  /** JSON body of a refusal, UTF-8. */
  default byte[] refusal(ErrorCode code, String message) {
    return ApiError.of(code, message).json();
  }
}
