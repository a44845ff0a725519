package dev.gatun.router.config;

/** What may be the name of a header: a token of RFC 9110, section 5.6.2. */
final class HeaderName {
  private static final String SIGNS = "!#$%&'*+-.^_`|~";

  private HeaderName() {}

  static boolean isValid(String name) {
    return !name.isEmpty()
        && name.chars()
            .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || SIGNS.indexOf(c) >= 0));
  }
}
