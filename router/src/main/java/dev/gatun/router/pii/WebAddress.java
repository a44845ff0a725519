package dev.gatun.router.pii;

/** Names of hosts and addresses of pages: those with a scheme or www, or of a usual domain. */
final class WebAddress {
  private static final String TYPE = "DOMAIN_NAME";

  private static final String LABEL = "[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?";

  /** Top-level domains that are not the ending of a file or the beginning of a sentence. */
  private static final String TOP =
      "(?i:com|org|net|info|biz|edu|gov|mil|dev|app|online|site|shop|store|tech|cloud|xyz"
          + "|eu|co\\.uk|org\\.uk|ac\\.uk|uk|de|fr|es|it|nl|pl|pt|ch|at|be|se|dk|fi|ie"
          + "|ru|jp|cn|in|br"
          + "|com\\.br|com\\.au|au|ca|us|io|ai|co)";

  private WebAddress() {}

  static Recognizer recognizer() {
    String host = "(?:" + LABEL + "\\.)+";
    return Recognizer.of(
        TYPE,
        WebAddress::dotInside,
        "(?i:https?://)"
            + host
            + "\\p{L}{2,24}(?::\\d{2,5})?"
            + "(?:/[^\\s<>\"'(){}\\[\\],;]*[^\\s<>\"'(){}\\[\\],;.:!?])?/?"
            + "|(?i:www\\.)"
            + host
            + "\\p{L}{2,24}"
            + "|"
            + host
            + TOP,
        candidate -> candidate.wholeIf(candidate.before() != '@' && candidate.before() != '.'));
  }

  /** A dot with something behind it, as between two parts of a host's name. */
  private static boolean dotInside(String text, int at) {
    return text.charAt(at) == '.'
        && at + 1 < text.length()
        && !Character.isWhitespace(text.charAt(at + 1));
  }
}
