package dev.gatun.server.wire;

/**
 * The closed list of {@code error.code} words on the data plane, each with the HTTP status it is
 * sent with.
 */
public enum ErrorCode {
  MALFORMED_JSON(400),
  INVALID_REQUEST(400),
  INVALID_API_KEY(401),
  PERMISSION_DENIED(403),
  NOT_FOUND(404),
  MODEL_NOT_FOUND(404),
  METHOD_NOT_ALLOWED(405),
  REQUEST_TIMEOUT(408),
  BODY_TOO_LARGE(413),
  REQUEST_TOO_LARGE(413),
  URI_TOO_LONG(414),
  UNSUPPORTED_ENCODING(415),
  HEADERS_TOO_LARGE(431),
  INTERNAL_ERROR(500),
  NOT_IMPLEMENTED(501),
  UPSTREAM_CONNECT_ERROR(502),
  UPSTREAM_CLOSED(502),
  UPSTREAM_PROTOCOL_ERROR(502),
  MODEL_NOT_READY(503),
  OVERLOADED(503),
  UPSTREAM_CONNECT_TIMEOUT(504),
  UPSTREAM_FIRST_BYTE_TIMEOUT(504),
  UPSTREAM_IDLE_TIMEOUT(504),
  DEADLINE_EXCEEDED(504),
  HTTP_VERSION_NOT_SUPPORTED(505);

  private final int status;

  ErrorCode(int status) {
    this.status = status;
  }

  /** HTTP status of a reply with this code. */
  public int status() {
    return status;
  }

  /** The word on the wire, in lower case with underscores. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
