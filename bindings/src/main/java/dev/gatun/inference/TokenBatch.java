package dev.gatun.inference;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Sequences of token ids, packed without padding: sequence i is {@code ids[offsets[i]] …
 * ids[offsets[i + 1] − 1]}. Immutable: arrays are copied in and out.
 *
 * @param ids token ids, special tokens included, none negative
 * @param typeIds token types, as long as {@code ids}; empty when all are 0
 * @param offsets one more than there are sequences, rising from 0 to {@code ids.length}
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out; equality by content
public record TokenBatch(int[] ids, int[] typeIds, int[] offsets) {

  private static final int[] NO_TYPES = {};

  public TokenBatch {
    ids = ids.clone();
    typeIds = typeIds.clone();
    offsets = offsets.clone();
    checkOffsets(offsets, ids.length);
    checkNotNegative(ids, "token id");
    checkNotNegative(typeIds, "type id");
    if (typeIds.length != 0 && typeIds.length != ids.length) {
      throw new IllegalArgumentException(
          typeIds.length + " type ids for " + ids.length + " token ids: as many expected, or none");
    }
  }

  /** One sequence, all token types 0. */
  public static TokenBatch of(int... ids) {
    return of(List.of(ids));
  }

  /** Sequences with all token types 0. */
  public static TokenBatch of(List<int[]> sequences) {
    return new TokenBatch(concatenate(sequences), NO_TYPES, offsets(sequences));
  }

  /**
   * Sequences with their token types.
   *
   * @param typeIds one array per sequence, as long as the sequence
   */
  public static TokenBatch of(List<int[]> sequences, List<int[]> typeIds) {
    int[] offsets = offsets(sequences);
    if (!Arrays.equals(offsets, offsets(typeIds))) {
      throw new IllegalArgumentException("type ids and token ids differ in length");
    }
    return new TokenBatch(concatenate(sequences), concatenate(typeIds), offsets);
  }

  /** Token ids of all sequences, a copy. */
  @Override
  public int[] ids() {
    return ids.clone();
  }

  /** Token types of all sequences or an empty array, a copy. */
  @Override
  public int[] typeIds() {
    return typeIds.clone();
  }

  /** Where sequences begin and the last one ends, a copy. */
  @Override
  public int[] offsets() {
    return offsets.clone();
  }

  /** Number of sequences, at least 1. */
  public int sequences() {
    return offsets.length - 1;
  }

  /** Number of tokens over all sequences. */
  public int tokens() {
    return ids.length;
  }

  /** Number of tokens of one sequence, at least 1. */
  public int length(int sequence) {
    return offsets[sequence + 1] - offsets[sequence];
  }

  /** Token types of one sequence, a copy; empty when all are 0. */
  int[] types(int sequence) {
    return typeIds.length == 0
        ? NO_TYPES
        : Arrays.copyOfRange(typeIds, offsets[sequence], offsets[sequence + 1]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenBatch batch
        && Arrays.equals(ids, batch.ids)
        && Arrays.equals(typeIds, batch.typeIds)
        && Arrays.equals(offsets, batch.offsets);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(ids) + Arrays.hashCode(offsets);
  }

  @Override
  public String toString() {
    return "TokenBatch[" + sequences() + " sequences, " + tokens() + " tokens]";
  }

  private static int[] concatenate(List<int[]> parts) {
    int[] all = new int[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (int[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static int[] offsets(List<int[]> parts) {
    int[] offsets = new int[parts.size() + 1];
    for (int i = 0; i < parts.size(); i++) {
      offsets[i + 1] = Math.addExact(offsets[i], parts.get(i).length);
    }
    return offsets;
  }

  private static void checkOffsets(int[] offsets, int tokens) {
    if (offsets.length < 2) {
      throw new IllegalArgumentException("a batch needs at least one sequence");
    }
    if (offsets[0] != 0 || offsets[offsets.length - 1] != tokens) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "offsets run from %d to %d: 0 to %d expected",
              offsets[0],
              offsets[offsets.length - 1],
              tokens));
    }
    for (int i = 1; i < offsets.length; i++) {
      if (offsets[i] <= offsets[i - 1]) {
        throw new IllegalArgumentException("sequence " + (i - 1) + " is empty or runs backwards");
      }
    }
  }

  private static void checkNotNegative(int[] values, String name) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0) {
        throw new IllegalArgumentException(name + " " + values[i] + " at " + i + " is negative");
      }
    }
  }
}
