package dev.gatun.router.config;

import dev.gatun.router.config.Node.Scalar;
import dev.gatun.router.config.Shape.Real;
import dev.gatun.router.config.Shape.Whole;
import dev.gatun.router.config.Shape.Word;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Bounds and spellings, the same for the check that reports and the reader that uses. */
final class Values {
  private Values() {}

  static boolean isWithin(Scalar scalar, Whole bounds) {
    OptionalLong value = Scalars.whole(scalar);
    return value.isPresent()
        && value.getAsLong() >= bounds.min()
        && value.getAsLong() <= bounds.max();
  }

  static boolean isWithin(Scalar scalar, Real bounds) {
    OptionalDouble value = Scalars.real(scalar);
    return value.isPresent()
        && value.getAsDouble() >= bounds.min()
        && value.getAsDouble() <= bounds.max();
  }

  /** The word as the schema writes it, when it is one; else the text as written. */
  static String canonical(Scalar scalar, Word word) {
    if (!word.anyCase()) {
      return scalar.text();
    }
    return word.words().stream()
        .filter(w -> w.toLowerCase(Locale.ROOT).equals(scalar.text().toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElse(scalar.text());
  }
}
