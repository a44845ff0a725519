package dev.gatun.server.wire;

import java.util.Locale;

/**
 * Something of a request that the protocol-neutral form of it does not have (spec http-api §2.9,
 * "Lossiness signalling").
 *
 * @param reason one of the reserved names
 * @param field where it was
 */
public record Loss(Severity severity, String reason, String field) {
  /** How much is lost. */
  public enum Severity {
    /** It is there for those who know it. */
    INFO,
    /** It goes nowhere. */
    LOSSY,
    /** It was wrong. */
    ERROR
  }

  @Override
  public String toString() {
    return severity.name().toLowerCase(Locale.ROOT) + ";" + reason + ";" + field;
  }
}
