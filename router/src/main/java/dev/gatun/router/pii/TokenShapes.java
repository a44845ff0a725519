package dev.gatun.router.pii;

/**
 * What an uncased tokenizer drops of a text, as token types: letter case and blanks. The type of a
 * token is {@code 10 · gap + form}, as the model was trained ({@code
 * model-cards/training/shapes.py}).
 *
 * <p>form, of the word a token stands in: 0 no letter or digit, 1 small letters, 2 capital and
 * small letters at the beginning of a sentence, 3 the same elsewhere, 4 capitals, 5 one capital, 6
 * other mixtures of case, 7 digits, 8 letters and digits, 9 letters without case. gap, before the
 * token: 0 nothing, 1 blanks or what the tokenizer drops, 2 a line break or the beginning of the
 * text. A special token has type 0.
 */
public final class TokenShapes {
  /** Number of token types. */
  public static final int COUNT = 30;

  private static final int FORMS = 10;
  private static final int NO_WORD = 0;
  private static final int SMALL = 1;
  private static final int CAPITAL_FIRST = 2;
  private static final int CAPITAL_INSIDE = 3;
  private static final int CAPITALS = 4;
  private static final int ONE_CAPITAL = 5;
  private static final int MIXED = 6;
  private static final int DIGITS = 7;
  private static final int LETTERS_AND_DIGITS = 8;
  private static final int CASELESS = 9;
  private static final String SENTENCE_ENDS = ".!?:\"“”'«»>-*#|\r\n";

  private TokenShapes() {}

  /**
   * The types of the tokens of a text.
   *
   * @param starts where each token begins, in UTF-16 units
   * @param ends where each token ends; a special token ends where it begins
   */
  public static int[] of(String text, int[] starts, int[] ends) {
    byte[] forms = forms(text);
    int[] types = new int[starts.length];
    int at = 0;
    for (int i = 0; i < starts.length; i++) {
      if (starts[i] == ends[i]) {
        continue;
      }
      int form = NO_WORD;
      for (int unit = starts[i]; unit < ends[i] && form == NO_WORD; unit++) {
        form = forms[unit];
      }
      types[i] = FORMS * gap(text, at, starts[i]) + form;
      at = ends[i];
    }
    return types;
  }

  private static int gap(String text, int from, int to) {
    int lineBreak = text.indexOf('\n', from);
    if (to == 0 || (lineBreak >= 0 && lineBreak < to)) {
      return 2;
    }
    return to > from ? 1 : 0;
  }

  /** For every unit the form of its word; {@link #NO_WORD} between words. */
  private static byte[] forms(String text) {
    byte[] forms = new byte[text.length()];
    int at = 0;
    while (at < forms.length) {
      int end = dev.gatun.router.text.Words.end(text, at);
      if (end > at) {
        byte form = (byte) form(text, at, end);
        while (at < end) {
          forms[at++] = form;
        }
      } else {
        at += Character.charCount(text.codePointAt(at));
      }
    }
    return forms;
  }

  private static int form(String word, int start, int end) {
    int count = 0;
    int digits = 0;
    int capitals = 0;
    int small = 0;
    for (int at = start; at < end; ) {
      int c = word.codePointAt(at);
      count++;
      digits += Character.isDigit(c) ? 1 : 0;
      capitals += Character.isUpperCase(c) ? 1 : 0;
      small += Character.isLowerCase(c) ? 1 : 0;
      at += Character.charCount(c);
    }
    if (digits > 0) {
      return digits == count ? DIGITS : LETTERS_AND_DIGITS;
    }
    if (capitals == 0) {
      return small == 0 ? CASELESS : SMALL;
    }
    if (small == 0) {
      return count == 1 ? ONE_CAPITAL : CAPITALS;
    }
    if (capitals == 1 && Character.isUpperCase(word.codePointAt(start))) {
      return beginsSentence(word, start) ? CAPITAL_FIRST : CAPITAL_INSIDE;
    }
    return MIXED;
  }

  private static boolean beginsSentence(String text, int start) {
    int before = start;
    while (before > 0 && (text.charAt(before - 1) == ' ' || text.charAt(before - 1) == '\t')) {
      before--;
    }
    return before == 0 || SENTENCE_ENDS.indexOf(text.charAt(before - 1)) >= 0;
  }
}
