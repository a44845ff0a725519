package dev.gatun.router.config;

import dev.gatun.router.signal.Calibration;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads {@code calibration} of a rule that compares vectors. */
final class Calibrations {
  private Calibrations() {}

  /**
   * The calibration of a rule, when it has one.
   *
   * @param midpoint where the rule's own decision lies
   */
  static Optional<Calibration> of(Section rule, double midpoint) {
    if (!rule.has("calibration")) {
      return Optional.empty();
    }
    Section section = rule.section("calibration");
    String method = section.text("method").orElse("sigmoid");
    if (!method.equals("sigmoid")) {
      section.error(
          "method", "\"" + method + "\" is no method of calibration", "write method: sigmoid");
      return Optional.empty();
    }
    OptionalDouble slope = section.real("slope");
    if (slope.isPresent() && slope.getAsDouble() <= 0) {
      section.error("slope", "the slope of a calibration must be above 0", "write for example 8");
      return Optional.empty();
    }
    return Optional.of(
        new Calibration(
            slope.orElse(Calibration.SLOPE_DEFAULT), section.real("midpoint").orElse(midpoint)));
  }
}
