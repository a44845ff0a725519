package dev.gatun.server.inference;

import dev.gatun.inference.tokenize.Tokens;
import java.util.ArrayList;
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
    return cut(tokens, length).stream().map(window -> window.of(tokens.ids())).toList();
  }

  /**
   * One window: tokens {@code from} up to {@code to} of a text between its special tokens.
   *
   * @param first number of special tokens before the text
   * @param end where the special tokens behind the text begin
   */
  record Window(int first, int from, int to, int end) {
    /** The window's part of an array that has an element for every token of the text. */
    int[] of(int[] values) {
      int[] part = new int[first + (to - from) + values.length - end];
      System.arraycopy(values, 0, part, 0, first);
      System.arraycopy(values, from, part, first, to - from);
      System.arraycopy(values, end, part, first + to - from, values.length - end);
      return part;
    }

    /** How many elements {@link #of} has of an array of so many. */
    int length(int all) {
      return first + (to - from) + all - end;
    }

    /** The text of the window; all of it where the window holds all of its tokens. */
    String text(Tokens tokens, String whole) {
      return length(tokens.length()) == tokens.length()
          ? whole
          : whole.substring(tokens.startsUtf16()[from], tokens.endsUtf16()[to - 1]);
    }

    /** Row of the window that holds a token of the text. */
    int row(int token) {
      return first + token - from;
    }
  }

  /** The same as places, in the order of the text. */
  static List<Window> cut(Tokens tokens, int length) {
    int[] ids = tokens.ids();
    int first = 0;
    while (first < ids.length && tokens.sequence()[first] == Tokens.SPECIAL) {
      first++;
    }
    int end = ids.length;
    while (end > first && tokens.sequence()[end - 1] == Tokens.SPECIAL) {
      end--;
    }
    if (ids.length <= length) {
      return List.of(new Window(first, first, end, end));
    }
    int room = length - first - (ids.length - end);
    if (room < 1) {
      throw new IllegalArgumentException("a window of " + length + " tokens holds no text");
    }
    int stride = Math.max(1, room * 3 / 4);
    List<Window> windows = new ArrayList<>();
    int from = first;
    while (from + room < end) {
      windows.add(new Window(first, from, from + room, end));
      from += stride;
    }
    windows.add(new Window(first, from, end, end));
    return windows;
  }

  /**
   * At most {@code count} of the windows, evenly spaced, the first and the last among them.
   *
   * @param count 2 or more
   */
  static <T> List<T> spread(List<T> windows, int count) {
    if (windows.size() <= count) {
      return windows;
    }
    List<T> chosen = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      chosen.add(windows.get((int) ((long) i * (windows.size() - 1) / (count - 1))));
    }
    return chosen;
  }
}
