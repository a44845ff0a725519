package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.List;

/** Runs of letters and digits. */
public final class Words {
  private Words() {}

  /** The words of a text in order, in lower case. */
  public static List<String> lowerCase(String text) {
    List<String> words = new ArrayList<>();
    int start = -1;
    int index = 0;
    while (index < text.length()) {
      int codePoint = text.codePointAt(index);
      if (Character.isLetterOrDigit(codePoint)) {
        start = start < 0 ? index : start;
      } else if (start >= 0) {
        words.add(LowerCase.of(text.substring(start, index)));
        start = -1;
      }
      index += Character.charCount(codePoint);
    }
    if (start >= 0) {
      words.add(LowerCase.of(text.substring(start)));
    }
    return words;
  }

  /** Where the word that goes on at {@code at} ends; {@code at} itself when none does. */
  public static int end(String text, int at) {
    int end = at;
    while (end < text.length() && Character.isLetterOrDigit(text.codePointAt(end))) {
      end += Character.charCount(text.codePointAt(end));
    }
    return end;
  }
}
