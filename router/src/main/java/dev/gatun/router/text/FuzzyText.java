package dev.gatun.router.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A text whose words, one by one or several in a row, are compared with keywords. The words are
 * found when first needed. Not for use by several threads.
 */
public final class FuzzyText {
  private final String text;
  private final List<List<int[]>> windowsBySize = new ArrayList<>();

  public FuzzyText(String text) {
    this.text = text;
  }

  /**
   * Whether some word is near the whole keyword, or, with {@code windows}, some run of as many
   * words as the keyword has is near the keyword's words.
   */
  public boolean isNear(String keyword, Fuzziness fuzziness, boolean windows) {
    if (fuzziness instanceof Fuzziness.Exact) {
      return false;
    }
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
    if (windowsBySize.size() < size) {
      List<String> words = Words.lowerCase(text);
      while (windowsBySize.size() < size) {
        windowsBySize.add(windowsOf(words, windowsBySize.size() + 1));
      }
    }
    return windowsBySize.get(size - 1);
  }

  private static List<int[]> windowsOf(List<String> words, int size) {
    List<int[]> windows = new ArrayList<>();
    for (int i = 0; i + size <= words.size(); i++) {
      windows.add(String.join(" ", words.subList(i, i + size)).codePoints().toArray());
    }
    return windows;
  }
}
