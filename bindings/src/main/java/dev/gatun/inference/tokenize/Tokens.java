package dev.gatun.inference.tokenize;

import java.util.Arrays;

/**
 * One encoded text or pair of texts. The arrays are handed over, not copied: whoever holds tokens
 * reads them only.
 *
 * @param ids token ids, special tokens included
 * @param typeIds token types, as the template of the tokenizer assigns them
 * @param startsUtf16 where each token begins in its text, in UTF-16 units; 0 for special tokens.
 *     Several tokens of one character all carry the whole character
 * @param endsUtf16 where each token ends, exclusive; 0 for special tokens
 * @param sequence which text a token comes from: 0 first, 1 second, −1 special token of the
 *     template
 * @param truncated whether tokens were cut off
 * @param total number of tokens before cutting, special tokens included
 */
@SuppressWarnings("ArrayRecordComponent") // bulk data; equality and hash below are by content
public record Tokens(
    int[] ids,
    int[] typeIds,
    int[] startsUtf16,
    int[] endsUtf16,
    int[] sequence,
    boolean truncated,
    int total) {

  /** The mark of a special token in {@link #sequence}. */
  public static final int SPECIAL = -1;

  public Tokens {
    int length = ids.length;
    if (typeIds.length != length
        || startsUtf16.length != length
        || endsUtf16.length != length
        || sequence.length != length) {
      throw new IllegalArgumentException("arrays of one encoding differ in length");
    }
    if (total < length || truncated != (total > length)) {
      throw new IllegalArgumentException(length + " tokens kept of " + total);
    }
  }

  /** Number of tokens kept. */
  public int length() {
    return ids.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tokens tokens
        && total == tokens.total
        && Arrays.equals(ids, tokens.ids)
        && Arrays.equals(typeIds, tokens.typeIds)
        && Arrays.equals(startsUtf16, tokens.startsUtf16)
        && Arrays.equals(endsUtf16, tokens.endsUtf16)
        && Arrays.equals(sequence, tokens.sequence);
  }

  @Override
  public int hashCode() {
    return 31 * total + Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return "Tokens[" + ids.length + " of " + total + "]";
  }
}
