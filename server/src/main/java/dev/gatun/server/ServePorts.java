package dev.gatun.server;

import java.util.OptionalInt;

/**
 * Ports to open.
 *
 * @param data of the first listener instead of the configured one; 0 for a free one
 * @param management of the management API, likewise
 * @param metrics of a listener with metrics alone, which no configuration names; 0 or empty for
 *     none
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
