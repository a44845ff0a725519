package dev.gatun.inference.tokenize;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import org.jspecify.annotations.Nullable;

/**
 * What the engine answers: ids, types, the text of each token (−1, 0, 1), and spans in code points,
 * null for special tokens.
 */
@SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
record Raw(long[] ids, long[] typeIds, long[] sequence, @Nullable CharSpan[] spans) {

  Tokens tokens(Utf16Offsets first, Utf16Offsets second) {
    int length = ids.length;
    int[] starts = new int[length];
    int[] ends = new int[length];
    int[] texts = narrow(sequence);
    for (int i = 0; i < length; i++) {
      CharSpan span = spans[i];
      if (span != null && texts[i] != Tokens.SPECIAL) {
        Utf16Offsets offsets = texts[i] == 0 ? first : second;
        starts[i] = offsets.of(span.getStart());
        ends[i] = offsets.of(span.getEnd());
      }
    }
    return new Tokens(narrow(ids), narrow(typeIds), starts, ends, texts, false, length);
  }

  private static int[] narrow(long[] values) {
    int[] narrow = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = Math.toIntExact(values[i]);
    }
    return narrow;
  }
}
