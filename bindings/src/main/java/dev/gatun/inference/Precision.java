package dev.gatun.inference;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What the linear layers of a model's blocks multiply in. Embeddings, norms and heads compute in
 * fp32 with every precision.
 */
public enum Precision {
  /** The reference. */
  FP32,
  /** bf16 weights and activations, fp32 sums. */
  BF16,
  /** 8-bit weights per output channel, 8-bit activations per token, exact sums. */
  INT8;

  /** As users write it: {@code fp32}, {@code bf16}, {@code int8}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The precision that is written so. */
  public static Optional<Precision> of(String word) {
    return Arrays.stream(values()).filter(precision -> precision.word().equals(word)).findFirst();
  }
}
