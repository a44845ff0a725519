package dev.gatun.inference;

/** How a sequence becomes one vector. */
public enum Pooling {
  /** The vector of the first token. */
  CLS,
  /** The mean over all tokens. */
  MEAN
}
