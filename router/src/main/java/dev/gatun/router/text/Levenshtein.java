package dev.gatun.router.text;

/** Edit distance over characters (code points) with unit costs. */
public final class Levenshtein {
  private Levenshtein() {}

  /** The number of insertions, deletions and replacements that turn one text into the other. */
  public static int distance(String a, String b) {
    return distance(a.codePoints().toArray(), b.codePoints().toArray(), Integer.MAX_VALUE - 1);
  }

  /** Whether the distance is at most {@code limit}; stops as soon as it cannot be. */
  public static boolean within(int[] a, int[] b, int limit) {
    return distance(a, b, limit) <= limit;
  }

  /** The distance, or any number above {@code limit} when it is larger than that. */
  private static int distance(int[] a, int[] b, int limit) {
    if (Math.abs(a.length - b.length) > limit) {
      return limit + 1;
    }
    int[] row = new int[b.length + 1];
    for (int j = 0; j <= b.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length; i++) {
      int diagonal = row[0];
      row[0] = i;
      int best = row[0];
      for (int j = 1; j <= b.length; j++) {
        int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
        best = Math.min(best, row[j]);
      }
      if (best > limit) {
        return limit + 1;
      }
    }
    return row[b.length];
  }
}
