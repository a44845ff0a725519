package dev.gatun.router.text;

import java.util.List;

/**
 * Counts how often keywords occur. Occurrences of one keyword do not overlap; those of different
 * keywords may. A keyword without CJK characters stands for whole words only.
 */
public final class KeywordCounter {
  private final List<Keyword> keywords;
  private final boolean caseSensitive;

  private record Keyword(String text, boolean bounded) {}

  /**
   * A counter.
   *
   * @param keywords an empty one never occurs
   */
  public KeywordCounter(List<String> keywords, boolean caseSensitive) {
    this.caseSensitive = caseSensitive;
    this.keywords =
        keywords.stream()
            .filter(keyword -> !keyword.isEmpty())
            .map(keyword -> caseSensitive ? keyword : LowerCase.of(keyword))
            .map(keyword -> new Keyword(keyword, keyword.codePoints().noneMatch(TextUnits::isCjk)))
            .toList();
  }

  /** Occurrences of all keywords together. */
  public int count(FoldableText text) {
    String searched = text.as(caseSensitive);
    int count = 0;
    for (Keyword keyword : keywords) {
      count += count(searched, keyword);
    }
    return count;
  }

  private static int count(String text, Keyword keyword) {
    int count = 0;
    int start = text.indexOf(keyword.text);
    while (start >= 0) {
      int end = start + keyword.text.length();
      if (!keyword.bounded || isWhole(text, start, end)) {
        count++;
      }
      start = text.indexOf(keyword.text, end);
    }
    return count;
  }

  private static boolean isWhole(String text, int start, int end) {
    return (start == 0 || !TextUnits.isRun(text.codePointBefore(start)))
        && (end == text.length() || !TextUnits.isRun(text.codePointAt(end)));
  }
}
