package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;

/** Thresholds as they are compared: upstream keeps them in 32 bits, which decides equals. */
record Thresholds(Compatibility compatibility) {
  double of(double written) {
    return switch (compatibility) {
      case GATUN -> written;
      case UPSTREAM_0_3 -> (float) written;
    };
  }
}
