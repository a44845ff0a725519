package dev.gatun.router.config;

import java.util.Comparator;
import java.util.Locale;

/**
 * One problem of a configuration file.
 *
 * @param key dotted path of the key, with list indices, such as {@code
 *     routing.decisions[2].priority}
 * @param message what is wrong
 * @param hint what to do about it
 */
public record Diagnostic(
    Severity severity, Position position, String key, String message, String hint) {

  /** How much a problem matters. */
  public enum Severity {
    /** The file cannot be used. */
    ERROR,
    /**
     * Correct, but this build does not do it yet. A server refuses to start on it unless told
     * otherwise; validation and dry runs go on.
     */
    UNSUPPORTED,
    /** The file can be used, but probably does not say what was meant. */
    WARNING
  }

  /** Order of a report: by place in the file. */
  public static final Comparator<Diagnostic> BY_PLACE =
      Comparator.<Diagnostic>comparingInt(d -> d.position().line())
          .thenComparingInt(d -> d.position().column())
          .thenComparing(Diagnostic::severity)
          .thenComparing(Diagnostic::key)
          .thenComparing(Diagnostic::message);

  /**
   * {@code file:line:column key — what — what to do}, on one line whatever the file holds: control
   * characters stand as escapes.
   */
  public String render() {
    StringBuilder line = new StringBuilder();
    String all = position + " " + key + " — " + message + " — " + hint;
    all.codePoints()
        .forEach(c -> {
          if (Character.isISOControl(c)) {
            line.append(String.format(Locale.ROOT, "\\u%04x", c));
          } else {
            line.appendCodePoint(c);
          }
        });
    return line.toString();
  }
}
