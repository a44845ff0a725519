package dev.gatun.inference;

/** What a model computes after its last layer. */
public enum Head {
  /** Trunk only: hidden states and embeddings. */
  NONE,
  /** One row of logits per sequence. */
  SEQUENCE,
  /** One row of logits per token. */
  TOKEN
}
