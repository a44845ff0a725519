package dev.gatun.inference;

/** The architecture of an encoder. */
public enum Family {
  /** Post-norm encoder with learned positions and token types. */
  BERT,
  /** ModernBERT and mmBERT: pre-norm, rotary positions, alternating local and global attention. */
  MODERNBERT
}
