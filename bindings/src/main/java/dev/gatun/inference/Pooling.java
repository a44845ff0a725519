package dev.gatun.inference;

/** How a sequence becomes one vector. */
public enum Pooling {
  /** The folder does not say: the model has no embedding. */
  NONE,
  /** The vector of the first token. */
  CLS,
  /** The mean over all tokens. */
  MEAN,
  /** The vector of the last token. */
  LAST
}
