package dev.gatun.router.text;

import org.jspecify.annotations.Nullable;

/** A text and, once somebody asks, the same in small letters. For one evaluation in one thread. */
public final class FoldableText {
  private final String text;
  private @Nullable String lowerCase;
  private PatternPart.@Nullable Chars characters;
  private int units = -1;

  public FoldableText(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  /** The text as it is, or in {@link LowerCase}. */
  public String as(boolean caseSensitive) {
    if (caseSensitive) {
      return text;
    }
    if (lowerCase == null) {
      lowerCase = LowerCase.of(text);
    }
    return lowerCase;
  }

  /** The size of the text; see {@link TextUnits}. */
  public int units() {
    if (units < 0) {
      units = TextUnits.count(text);
    }
    return units;
  }

  /** All characters of the text. */
  PatternPart.Chars characters() {
    if (characters == null) {
      characters = PatternPart.Chars.in(text);
    }
    return characters;
  }
}
