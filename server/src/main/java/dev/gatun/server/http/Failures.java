package dev.gatun.server.http;

import dev.gatun.server.upstream.UpstreamException;
import dev.gatun.server.wire.ApiError;
import dev.gatun.server.wire.ErrorCode;

/** What a client is told about a failure on the way to a backend. */
final class Failures {
  private Failures() {}

  static ApiError of(UpstreamException e) {
    ErrorCode code =
        switch (e) {
          case UpstreamException.Unreachable unreachable ->
              unreachable.timeout()
                  ? ErrorCode.UPSTREAM_CONNECT_TIMEOUT
                  : ErrorCode.UPSTREAM_CONNECT_ERROR;
          case UpstreamException.FirstByteTimeout timeout -> ErrorCode.UPSTREAM_FIRST_BYTE_TIMEOUT;
          case UpstreamException.IdleTimeout timeout -> ErrorCode.UPSTREAM_IDLE_TIMEOUT;
          case UpstreamException.Closed closed -> ErrorCode.UPSTREAM_CLOSED;
          case UpstreamException.Malformed malformed -> ErrorCode.UPSTREAM_PROTOCOL_ERROR;
        };
    return ApiError.of(code, String.valueOf(e.getMessage()));
  }

  static ApiError deadline() {
    return ApiError.of(
        ErrorCode.DEADLINE_EXCEEDED, "the request took longer than its listener allows");
  }
}
