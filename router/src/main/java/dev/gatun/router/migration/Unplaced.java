package dev.gatun.router.migration;

import dev.gatun.router.config.Position;

/**
 * A setting of an older file that the new one has no place for.
 *
 * @param position of its key
 * @param key dotted path in the older file
 * @param reason why it is left out
 */
public record Unplaced(Position position, String key, String reason) {
  /** {@code file:line:column key — left out: why}. */
  public String render() {
    return position + " " + key + " — left out: " + reason;
  }
}
