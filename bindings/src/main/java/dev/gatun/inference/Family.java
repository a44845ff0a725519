package dev.gatun.inference;

/** The architecture of an encoder. */
public enum Family {
  /** Post-norm encoder with learned positions and token types. */
  BERT,
  /** ModernBERT and mmBERT: pre-norm, rotary positions, alternating local and global attention. */
  MODERNBERT,
  /** Qwen3: causal, fewer heads of keys than of queries. */
  QWEN3,
  /** The text model of Gemma 3, causal, and EmbeddingGemma, which attends to both sides. */
  GEMMA3
}
