package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import java.util.OptionalDouble;

/** Thresholds as they are compared: upstream keeps them in 32 bits, which decides equals. */
record Thresholds(Compatibility compatibility) {
  double of(double written) {
    return switch (compatibility) {
      case GATUN -> written;
      case UPSTREAM_0_3 -> (float) written;
    };
  }

  /**
   * The threshold that a model of the catalog has for its probabilities. v0.3 does not check it:
   * above 1 none reaches it, and below 0 all do, as all reach 0.
   */
  static OptionalDouble ofModel(Section model) {
    OptionalDouble written = model.unbounded("threshold");
    return written.isPresent()
        ? OptionalDouble.of(Math.max(0, written.getAsDouble()))
        : OptionalDouble.empty();
  }
}
