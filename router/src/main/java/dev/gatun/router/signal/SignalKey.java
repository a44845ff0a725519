package dev.gatun.router.signal;

/**
 * The identity of a signal.
 *
 * @param name the rule's name exactly as declared
 */
public record SignalKey(Family family, String name) {
  /** {@code type:name}, as traces and headers write it. */
  @Override
  public String toString() {
    return family.type() + ":" + name;
  }
}
