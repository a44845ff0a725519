package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A text prepared for comparing its words, one by one or several in a row, with keywords. */
public final class FuzzyText {
  private final List<String> words;
  private final List<List<int[]>> windowsBySize = new ArrayList<>();

  public FuzzyText(String text) {
    words = Words.lowerCase(text);
  }

  /**
   * Whether some word is near the whole keyword, or, with {@code windows}, some run of as many
   * words as the keyword has is near the keyword's words.
   */
  public boolean isNear(String keyword, Fuzziness fuzziness, boolean windows) {
    int[] whole = keyword.toLowerCase(Locale.ROOT).codePoints().toArray();
    if (isNear(whole, 1, fuzziness)) {
      return true;
    }
    if (!windows) {
      return false;
    }
    List<String> parts = Words.lowerCase(keyword);
    int[] joined = String.join(" ", parts).codePoints().toArray();
    return !parts.isEmpty() && isNear(joined, parts.size(), fuzziness);
  }

  private boolean isNear(int[] keyword, int size, Fuzziness fuzziness) {
    int edits = fuzziness.edits(keyword.length);
    if (edits < 0) {
      return false;
    }
    for (int[] window : windows(size)) {
      if (Levenshtein.within(window, keyword, edits)) {
        return true;
      }
    }
    return false;
  }

  private List<int[]> windows(int size) {
    while (windowsBySize.size() < size) {
      windowsBySize.add(windowsOf(windowsBySize.size() + 1));
    }
    return windowsBySize.get(size - 1);
  }

  private List<int[]> windowsOf(int size) {
    List<int[]> windows = new ArrayList<>();
    for (int i = 0; i + size <= words.size(); i++) {
      windows.add(String.join(" ", words.subList(i, i + size)).codePoints().toArray());
    }
    return windows;
  }
}
