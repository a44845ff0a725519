package dev.gatun.router.config;

import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.Predicate.Bound;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads {@code predicate: {gt, gte, lt, lte}}. */
final class PredicateDecoder {
  private PredicateDecoder() {}

  /** The predicate of a rule, empty of bounds when it writes none; empty when it is not there. */
  static Optional<Predicate> predicate(Section rule) {
    if (!rule.has("predicate")) {
      return Optional.empty();
    }
    Predicate predicate = bounds(rule.section("predicate"));
    if (predicate.isEmpty()) {
      rule.warning(
          "predicate", "no number is within these bounds", "write a lower bound below the upper");
    }
    return Optional.of(predicate);
  }

  /** The bounds written in a section; there may be none. */
  static Predicate bounds(Section section) {
    return new Predicate(bound(section, "gt", "gte"), bound(section, "lt", "lte"));
  }

  private static Optional<Bound> bound(Section section, String exclusive, String inclusive) {
    if (section.has(exclusive) && section.has(inclusive)) {
      section.error(
          inclusive, exclusive + " and " + inclusive + " cannot both hold", "remove one of them");
    }
    OptionalDouble outer = section.real(exclusive);
    OptionalDouble inner = section.real(inclusive);
    if (outer.isPresent()) {
      return Optional.of(new Bound(outer.getAsDouble(), false));
    }
    return inner.isPresent() ? Optional.of(new Bound(inner.getAsDouble(), true)) : Optional.empty();
  }
}
