package dev.gatun.router.text;

/**
 * v0.3's estimate of how many tokens a text has: one and a half for every character of a script
 * without blanks, 1.3 for every other word.
 */
public final class WordTokens {
  private static final double PER_CHARACTER = 1.5;
  private static final double PER_WORD = 1.3;

  private WordTokens() {}

  /** The estimate, rounded down; at least 1 for a text that is not blank. */
  public static long count(String text) {
    long characters = 0;
    long words = 0;
    for (String field : Blanks.fields(text)) {
      long own = field.codePoints().filter(TextUnits::isCjk).count();
      characters += own;
      words += own < field.codePointCount(0, field.length()) ? 1 : 0;
    }
    long tokens = (long) (characters * PER_CHARACTER + words * PER_WORD);
    return tokens == 0 && characters + words > 0 ? 1 : tokens;
  }
}
