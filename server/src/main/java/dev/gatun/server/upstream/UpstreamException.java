package dev.gatun.server.upstream;

import java.time.Duration;

/** A backend that could not be reached or did not keep up. No message holds a secret. */
public abstract sealed class UpstreamException extends Exception {
  private static final long serialVersionUID = 1L;

  UpstreamException(String message) {
    super(message, null, false, false);
  }

  UpstreamException(String message, Throwable cause) {
    super(message, cause, false, false);
  }

  /** Nothing was sent: another backend may be tried. */
  public static final class Unreachable extends UpstreamException {
    private static final long serialVersionUID = 1L;
    private final boolean timeout;

    Unreachable(String backend, String reason, boolean timeout) {
      super("backend " + backend + " cannot be reached: " + reason);
      this.timeout = timeout;
    }

    /** Whether connecting took too long, as opposed to being refused. */
    public boolean timeout() {
      return timeout;
    }
  }

  /** No response headers in time. */
  public static final class FirstByteTimeout extends UpstreamException {
    private static final long serialVersionUID = 1L;

    FirstByteTimeout(String backend, Duration limit) {
      super("backend " + backend + " sent no response within " + limit.toMillis() + " ms");
    }
  }

  /** The response began, then nothing came for too long. */
  public static final class IdleTimeout extends UpstreamException {
    private static final long serialVersionUID = 1L;

    IdleTimeout(String backend, Duration limit) {
      super("backend " + backend + " fell silent for " + limit.toMillis() + " ms");
    }
  }

  /** The connection ended before the response did. */
  public static final class Closed extends UpstreamException {
    private static final long serialVersionUID = 1L;

    Closed(String backend, String when, Throwable cause) {
      super("backend " + backend + " closed the connection " + when, cause);
    }
  }

  /** What came back cannot be understood; something may have been sent. */
  public static final class Malformed extends UpstreamException {
    private static final long serialVersionUID = 1L;

    Malformed(String backend, String what, Throwable cause) {
      super("backend " + backend + ": " + what, cause);
    }
  }
}
