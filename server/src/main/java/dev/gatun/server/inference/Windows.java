package dev.gatun.server.inference;

import dev.gatun.inference.tokenize.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a text's tokens into overlapping windows that a model can read, each with the special tokens
 * of the template around it. Consecutive windows begin three quarters of a window apart; the last
 * one ends at the end of the text.
 */
final class Windows {
  private Windows() {}

  /**
   * The windows of one text, at least one.
   *
   * @param length tokens of a window, special tokens included; more than there are special tokens
   */
  static List<int[]> of(Tokens tokens, int length) {
    int[] ids = tokens.ids();
    if (ids.length <= length) {
      return List.of(ids);
    }
    int first = 0;
    while (first < ids.length && tokens.sequence()[first] == Tokens.SPECIAL) {
      first++;
    }
    int end = ids.length;
    while (end > first && tokens.sequence()[end - 1] == Tokens.SPECIAL) {
      end--;
    }
    int room = length - first - (ids.length - end);
    if (room < 1) {
      throw new IllegalArgumentException("a window of " + length + " tokens holds no text");
    }
    int stride = Math.max(1, room * 3 / 4);
    List<int[]> windows = new ArrayList<>();
    int from = first;
    while (from + room < end) {
      windows.add(window(ids, first, from, from + room, end));
      from += stride;
    }
    windows.add(window(ids, first, from, end, end));
    return windows;
  }

  /**
   * At most {@code count} of the windows, evenly spaced, the first and the last among them.
   *
   * @param count 2 or more
   */
  static List<int[]> spread(List<int[]> windows, int count) {
    if (windows.size() <= count) {
      return windows;
    }
    List<int[]> chosen = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      chosen.add(windows.get((int) ((long) i * (windows.size() - 1) / (count - 1))));
    }
    return chosen;
  }

  private static int[] window(int[] ids, int first, int from, int to, int end) {
    int[] suffix = Arrays.copyOfRange(ids, end, ids.length);
    int[] window = new int[first + (to - from) + suffix.length];
    System.arraycopy(ids, 0, window, 0, first);
    System.arraycopy(ids, from, window, first, to - from);
    System.arraycopy(suffix, 0, window, first + to - from, suffix.length);
    return window;
  }
}
