package dev.gatun.router.text;

/**
 * Small letters, character by character. No character looks at its neighbours and none becomes two,
 * so İ is i and every capital sigma is σ, as v0.3 has it; {@link String#toLowerCase} knows better.
 */
public final class LowerCase {
  private LowerCase() {}

  /** The text in small letters; index i belongs to index i of the text. */
  public static String of(String text) {
    char[] chars = text.toCharArray();
    if (CaseFolding.isAscii(chars)) {
      CaseFolding.foldAscii(chars);
      return new String(chars);
    }
    for (int i = 0; i < chars.length; ) {
      // A small letter has as many chars as its capital.
      i += Character.toChars(Character.toLowerCase(Character.codePointAt(chars, i)), chars, i);
    }
    return new String(chars);
  }
}
