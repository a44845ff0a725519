package dev.gatun.inference.tokenize;

import java.util.Locale;

/** Cuts an encoding to a length. Special tokens stay; texts lose their last tokens. */
final class Truncation {

  private Truncation() {}

  static Tokens cut(Tokens tokens, int maxLength) {
    if (tokens.length() <= maxLength) {
      return tokens;
    }
    int first = count(tokens.sequence(), 0);
    int second = count(tokens.sequence(), 1);
    int special = tokens.length() - first - second;
    if (maxLength < special) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "maxLength is %d: at least %d expected, the special tokens of this tokenizer",
              maxLength,
              special));
    }
    int room = maxLength - special;
    int keptFirst = keptOfFirst(first, second, room);
    return keep(tokens, maxLength, keptFirst, room - keptFirst);
  }

  /**
   * How many tokens of the first text stay when both have {@code room} together: the shorter text
   * stays whole if it takes no more than its half, otherwise both get half, and the odd token goes
   * to the longer one (to the second when both are as long).
   */
  private static int keptOfFirst(int first, int second, int room) {
    int half = room / 2;
    if (first <= second) {
      return Math.min(first, half);
    }
    return room - Math.min(second, half);
  }

  private static Tokens keep(Tokens tokens, int length, int keptFirst, int keptSecond) {
    int[] ids = new int[length];
    int[] typeIds = new int[length];
    int[] starts = new int[length];
    int[] ends = new int[length];
    int[] sequence = new int[length];
    int[] left = {keptFirst, keptSecond};
    int to = 0;
    for (int from = 0; from < tokens.length(); from++) {
      int text = tokens.sequence()[from];
      if (text == Tokens.SPECIAL || left[text]-- > 0) {
        ids[to] = tokens.ids()[from];
        typeIds[to] = tokens.typeIds()[from];
        starts[to] = tokens.startsUtf16()[from];
        ends[to] = tokens.endsUtf16()[from];
        sequence[to] = text;
        to++;
      }
    }
    return new Tokens(ids, typeIds, starts, ends, sequence, true, tokens.total());
  }

  private static int count(int[] sequence, int text) {
    int count = 0;
    for (int of : sequence) {
      if (of == text) {
        count++;
      }
    }
    return count;
  }
}
