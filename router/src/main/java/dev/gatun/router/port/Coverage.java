package dev.gatun.router.port;

/**
 * How much of a text a model read.
 *
 * @param read tokens that took part in the answer, special tokens included
 * @param present tokens of the whole text; more than {@code read} when some were not read
 */
public record Coverage(int read, int present) {
  /** For what reads no tokens, such as keywords. */
  public static final Coverage NONE = new Coverage(0, 0);

  public Coverage {
    if (read < 0 || present < read) {
      throw new IllegalArgumentException("cannot read " + read + " of " + present + " tokens");
    }
  }

  /** The share of the tokens that was read; 1 of nothing. */
  public double share() {
    return present == 0 ? 1 : (double) read / present;
  }

  /** Tokens of this text and of another one. */
  public Coverage plus(Coverage other) {
    return new Coverage(read + other.read, present + other.present);
  }
}
