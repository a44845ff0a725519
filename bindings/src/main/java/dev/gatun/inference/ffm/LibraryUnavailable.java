package dev.gatun.inference.ffm;

/** The native library cannot be used. The message names the remedy. */
public final class LibraryUnavailable extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LibraryUnavailable(String message) {
    super(message);
  }

  LibraryUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
