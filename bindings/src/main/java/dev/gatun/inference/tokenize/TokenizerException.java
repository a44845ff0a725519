package dev.gatun.inference.tokenize;

/** A tokenizer could not be loaded or used. The message says what, where, and what to do. */
public abstract sealed class TokenizerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TokenizerException(String message) {
    super(message);
  }

  TokenizerException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A tokenizer file is missing, damaged, contradicts itself, or is of an unknown kind. */
  public static final class Invalid extends TokenizerException {
    private static final long serialVersionUID = 1L;

    Invalid(String message) {
      super(message);
    }

    Invalid(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** A text is beyond the token budget; it was not encoded. */
  public static final class TooLong extends TokenizerException {
    private static final long serialVersionUID = 1L;

    TooLong(String message) {
      super(message);
    }
  }

  /** The tokenizer is closed. */
  public static final class Closed extends TokenizerException {
    private static final long serialVersionUID = 1L;

    Closed(String message) {
      super(message);
    }
  }
}
