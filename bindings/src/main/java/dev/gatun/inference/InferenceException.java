package dev.gatun.inference;

import java.nio.file.Path;

/** Inference could not do what was asked. The message says what, where, and what to do. */
public abstract sealed class InferenceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InferenceException(String message) {
    super(message);
  }

  InferenceException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The native library is missing, cannot be loaded, or is of another version. */
  public static final class Unavailable extends InferenceException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message) {
      super(message);
    }

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** A model folder is missing something, damaged, contradicts itself, or is not supported. */
  public static final class Refused extends InferenceException {
    private static final long serialVersionUID = 1L;

    private final transient Path directory;

    public Refused(Path directory, String message) {
      super(directory + ": " + message);
      this.directory = directory;
    }

    public Refused(Path directory, String message, Throwable cause) {
      super(directory + ": " + message, cause);
      this.directory = directory;
    }

    /** The folder that was refused. */
    public Path directory() {
      return directory;
    }
  }

  /** The request is larger than the queue and can never wait in it: send less. */
  public static final class TooLarge extends InferenceException {
    private static final long serialVersionUID = 1L;

    public TooLarge(String message) {
      super(message);
    }
  }

  /** The queue is full: try again later. */
  public static final class Overloaded extends InferenceException {
    private static final long serialVersionUID = 1L;

    public Overloaded(String message) {
      super(message);
    }
  }

  /** The time that the caller gave was over before the request was computed. */
  public static final class Late extends InferenceException {
    private static final long serialVersionUID = 1L;

    public Late(String message) {
      super(message);
    }
  }

  /** The model, or inference as a whole, is closed. */
  public static final class Closed extends InferenceException {
    private static final long serialVersionUID = 1L;

    public Closed(String message) {
      super(message);
    }
  }

  /** The engine failed while computing: memory was refused, or a defect. */
  public static final class Failed extends InferenceException {
    private static final long serialVersionUID = 1L;

    public Failed(String message) {
      super(message);
    }

    public Failed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
