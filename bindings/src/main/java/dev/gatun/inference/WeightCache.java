package dev.gatun.inference;

import java.nio.file.Path;

/** Where packed weights are kept between two starts, so that the second need not pack them. */
public sealed interface WeightCache {

  /** Weights are packed at every start and held in memory of this process alone. */
  record Off() implements WeightCache {}

  /**
   * Weights are kept in a directory and mapped from it, shared by all processes that use it. A
   * directory that cannot be used is as none: the model loads, and its origin says why.
   *
   * @param directory of this user alone; made when it is missing
   * @param bytesMax of all its files; what was used longest ago goes first
   */
  record In(Path directory, long bytesMax) implements WeightCache {
    private static final long BYTES_MAX = 8L << 30;

    public In {
      if (!directory.isAbsolute()) {
        throw new IllegalArgumentException("cache " + directory + ": an absolute path expected");
      }
      if (bytesMax < 1) {
        throw new IllegalArgumentException("bytesMax is " + bytesMax + ": at least 1 expected");
      }
    }

    /** With at most 8 GiB. */
    public In(Path directory) {
      this(directory, BYTES_MAX);
    }
  }

  static WeightCache off() {
    return new Off();
  }
}
