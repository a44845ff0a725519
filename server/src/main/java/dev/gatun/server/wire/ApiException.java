package dev.gatun.server.wire;

/** Ends the handling of a request with an error reply. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ApiError error;

  public ApiException(ApiError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  public ApiException(ErrorCode code, String message) {
    this(ApiError.of(code, message));
  }

  public ApiError error() {
    return error;
  }
}
