package dev.gatun.router.config;

import java.util.Optional;

/**
 * One thing that two configuration files say differently. Secrets in the values are hidden.
 *
 * @param path dotted path of the key; items of lists by their name where they have one
 * @param before what the first file says; empty when it does not
 * @param after what the second file says; empty when it does not
 */
public record Difference(Change change, String path, Optional<Node> before, Optional<Node> after) {
  /** In what way something differs. */
  public enum Change {
    ADDED,
    REMOVED,
    CHANGED,
    /** The same items in another order. */
    REORDERED
  }
}
