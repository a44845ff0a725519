package dev.gatun.router.pii;

/**
 * A piece of personal data in a text.
 *
 * @param start first UTF-16 unit
 * @param end after the last UTF-16 unit
 * @param type as the token classifier calls it, such as {@code US_SSN}
 * @param score 0 … 1; 1 where the form alone proves it
 */
public record Mention(int start, int end, String type, double score) {
  public Mention {
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException("a mention from " + start + " to " + end);
    }
    if (!(score >= 0 && score <= 1)) {
      throw new IllegalArgumentException("a score of " + score);
    }
  }
}
