package dev.gatun.router.model;

/**
 * A value that must not reach a log, an error message or a stored record, such as an API key.
 *
 * @param reveal the text itself; call it only where the secret is put to use
 */
public record Secret(String reveal) {
  /** Whether it is printable ASCII without blanks, as a key in a header must be. */
  public boolean fitsHeader() {
    return reveal.chars().allMatch(c -> c > ' ' && c <= '~');
  }

  @Override
  public String toString() {
    return "***";
  }
}
