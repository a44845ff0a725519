package dev.gatun.router.text;

import java.util.List;

/**
 * Estimates how many tokens a model will read in a text, for models whose tokenizer is not at hand.
 *
 * @param bytesPerToken bytes of UTF-8 that make one token; more than 0
 */
public record TokenEstimate(double bytesPerToken) {
  /** What holds before anything was observed. */
  public static final TokenEstimate UNCALIBRATED = new TokenEstimate(4);

  public TokenEstimate {
    if (!(bytesPerToken > 0)) {
      throw new IllegalArgumentException("bytesPerToken must be above 0, got " + bytesPerToken);
    }
  }

  /** Tokens of a text, rounded up; 0 for the empty one only. */
  public long tokens(String text) {
    return tokens(bytes(text));
  }

  /**
   * Tokens of so many bytes.
   *
   * @param bytes 0 or more
   */
  public long tokens(long bytes) {
    return bytes == 0 ? 0 : Math.max(1, (long) Math.ceil(bytes / bytesPerToken));
  }

  /**
   * The most bytes that so many tokens hold.
   *
   * @param tokens 0 or more
   */
  long bytesIn(long tokens) {
    long bytes = (long) Math.floor(tokens * bytesPerToken);
    // A product that was rounded up can be one byte too many.
    while (bytes > 0 && tokens(bytes) > tokens) {
      bytes--;
    }
    return bytes;
  }

  /** Tokens of texts with a space between them. */
  public long tokens(List<String> texts) {
    return tokens(bytes(texts));
  }

  /** Length in UTF-8 of texts with a space between them. */
  public static long bytes(List<String> texts) {
    long bytes = texts.stream().mapToLong(TokenEstimate::bytes).sum();
    return bytes + Math.max(0, texts.size() - 1);
  }

  /** Length of a text in UTF-8. */
  public static long bytes(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800 || Character.isSurrogate(c)) {
        bytes += 2;
      } else {
        bytes += 3;
      }
    }
    return bytes;
  }
}
