package dev.gatun.server.exchange;

/** A table cannot be read or written; the message says what is wrong and what to do. */
public final class ExchangeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ExchangeException(String message) {
    super(message);
  }

  ExchangeException(String message, Throwable cause) {
    super(message, cause);
  }
}
