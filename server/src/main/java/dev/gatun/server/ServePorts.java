package dev.gatun.server;

import java.util.OptionalInt;

/**
 * Ports instead of the configured ones; 0 for a free one.
 *
 * @param data of the first listener
 * @param management of the management API
 * @param metrics of a listener with metrics alone; 0 or empty for none
 */
public record ServePorts(OptionalInt data, OptionalInt management, OptionalInt metrics) {
  /** Those that the configuration names. */
  public static ServePorts configured() {
    return new ServePorts(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
  }

  /** Whichever are free. */
  public static ServePorts free() {
    return new ServePorts(OptionalInt.of(0), OptionalInt.of(0), OptionalInt.empty());
  }
}
