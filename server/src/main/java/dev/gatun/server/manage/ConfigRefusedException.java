package dev.gatun.server.manage;

import dev.gatun.router.config.Diagnostic;
import java.util.List;

/** A configuration was not put to work; the one before goes on. */
public final class ConfigRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Another change is under way. */
    BUSY,
    /** There is no file to be written. */
    NO_FILE,
    /** The file says something else than the caller believes. */
    CHANGED,
    /** The text is no YAML. */
    NOT_YAML,
    /** The text has errors. */
    INVALID,
    /** The text is valid, but cannot be put to work: a model is missing, a socket would change. */
    NOT_ACTIVATED,
    /** No version has that name. */
    UNKNOWN_VERSION,
    /** A version or the list of them cannot be read. */
    DAMAGED_VERSION,
    /** The file cannot be written. */
    READ_ONLY
  }

  private final Reason reason;
  private final transient List<Diagnostic> problems;

  public ConfigRefusedException(Reason reason, String message) {
    this(reason, message, List.of());
  }

  /**
   * With what is wrong.
   *
   * @param problems of the text, in the order of the file
   */
  public ConfigRefusedException(Reason reason, String message, List<Diagnostic> problems) {
    super(message, null, false, false);
    this.reason = reason;
    this.problems = List.copyOf(problems);
  }

  /** The same, with what else a caller should know. */
  public ConfigRefusedException noting(String note) {
    return new ConfigRefusedException(reason, getMessage() + "; " + note, problems);
  }

  public Reason reason() {
    return reason;
  }

  public List<Diagnostic> problems() {
    return problems;
  }
}
