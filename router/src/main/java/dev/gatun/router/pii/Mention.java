package dev.gatun.router.pii;

/**
 * A piece of personal data in a text.
 *
 * @param start first UTF-16 unit
 * @param end after the last UTF-16 unit
 * @param type as the token classifier calls it, such as {@code US_SSN}
 * @param score 0 … 1; 1 where the form alone proves it, else the mean probability of its tokens
 * @param scoreMin probability of its least likely token; not above the score
 * @param evidence what says that it is one
 */
public record Mention(
    int start, int end, String type, double score, double scoreMin, Evidence evidence) {
  /** What says that a piece of a text is personal data. */
  public enum Evidence {
    /** Its form, check digits or label. */
    FORM,
    /** A classifier of tokens, which can err. */
    MODEL
  }

  public Mention {
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException("a mention from " + start + " to " + end);
    }
    if (!(score >= 0 && score <= 1 && scoreMin >= 0 && scoreMin <= score)) {
      throw new IllegalArgumentException("a score of " + score + " and at least " + scoreMin);
    }
  }

  /** What its form proves. */
  static Mention proven(int start, int end, String type) {
    return new Mention(start, end, type, 1, 1, Evidence.FORM);
  }

  /** Another part of the text with the same type and scores. */
  Mention at(int start, int end) {
    return new Mention(start, end, type, score, scoreMin, evidence);
  }

  boolean overlaps(Mention other) {
    return start < other.end && other.start < end;
  }
}
