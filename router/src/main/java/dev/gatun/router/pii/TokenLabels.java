package dev.gatun.router.pii;

import java.util.List;

/**
 * What a classifier of tokens says of a text: for every token where it stands, its likeliest label
 * and that label's probability. The arrays are handed over, not copied: whoever holds them reads
 * them only.
 *
 * @param names labels of the classifier: {@code O}, {@code B-TYPE}, {@code I-TYPE}
 * @param starts first UTF-16 unit of each token
 * @param ends after its last UTF-16 unit; a token that ends where it begins is a special one
 * @param best index of its likeliest label
 * @param scores probability of that label, 0 … 1
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
public record TokenLabels(
    List<String> names, int[] starts, int[] ends, int[] best, double[] scores) {
  public TokenLabels {
    names = List.copyOf(names);
    int tokens = starts.length;
    if (ends.length != tokens || best.length != tokens || scores.length != tokens) {
      throw new IllegalArgumentException("arrays of one text differ in length");
    }
  }

  /** Number of tokens. */
  public int size() {
    return starts.length;
  }

  boolean isSpecial(int token) {
    return starts[token] == ends[token];
  }

  String name(int token) {
    return names.get(best[token]);
  }
}
