package dev.gatun.router.model;

/**
 * A value that must not reach a log, an error message or a stored record, such as an API key.
 *
 * @param reveal the text itself; call it only where the secret is put to use
 */
public record Secret(String reveal) {
  @Override
  public String toString() {
    return "***";
  }
}
