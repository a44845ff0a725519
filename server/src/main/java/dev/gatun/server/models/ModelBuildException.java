package dev.gatun.server.models;

/**
 * A model folder cannot be made or a card cannot be read: says what is wrong, where, what to do.
 */
public final class ModelBuildException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String where;
  private final String what;
  private final String remedy;

  public ModelBuildException(String where, String what, String remedy) {
    super(where + " — " + what + " — " + remedy);
    this.where = where;
    this.what = what;
    this.remedy = remedy;
  }

  public ModelBuildException(String where, String what, String remedy, Throwable cause) {
    this(where, what, remedy);
    initCause(cause);
  }

  /** The file, and inside it the key or tensor. */
  public String where() {
    return where;
  }

  /** What was found, against what was expected. */
  public String what() {
    return what;
  }

  /** What the reader of the message can do about it. */
  public String remedy() {
    return remedy;
  }
}
