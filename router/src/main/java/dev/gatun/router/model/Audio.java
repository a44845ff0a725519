package dev.gatun.router.model;

/**
 * Something said in a message, as the client sent it.
 *
 * @param format the client's word for how it is coded, such as {@code wav}; not checked
 * @param base64 the coded sound in base64; not checked
 */
public record Audio(String format, String base64) {
  /** Leaves out what was said. */
  @Override
  public String toString() {
    return "Audio[format=" + format + ", " + base64.length() + " characters of base64]";
  }
}
