package dev.gatun.server.cli;

/** Ends a command with one line on standard error and an exit status. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  Failure(int status, String message) {
    super(message);
    this.status = status;
  }

  Failure(int status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** One of {@link ExitStatus}. */
  int status() {
    return status;
  }
}
