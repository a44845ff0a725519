package dev.gatun.router.config;

import dev.gatun.router.config.Node.Scalar;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the text of a scalar as a value of some type. Empty means it is not one. */
final class Scalars {
  private static final Set<String> YES = spellings("true", "yes", "on", "y");
  private static final Set<String> NO = spellings("false", "no", "off", "n");
  private static final String REAL_SIGNS = "+-.eE";

  /** Up to here every whole number is one of the doubles. */
  private static final double EXACT_MAX = 1L << 53;

  private static final double NANOS_MAX = Long.MAX_VALUE;

  private Scalars() {}

  /** As YAML 1.1 spells them: small, large, or with a large initial. */
  private static Set<String> spellings(String... words) {
    return Arrays.stream(words)
        .flatMap(word ->
            Stream.of(
                word,
                word.toUpperCase(Locale.ROOT),
                word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1)))
        .collect(Collectors.toUnmodifiableSet());
  }

  static Optional<Boolean> flag(Scalar scalar) {
    String word = scalar.text();
    if (isText(scalar)) {
      return Optional.empty();
    }
    if (YES.contains(word)) {
      return Optional.of(true);
    }
    return NO.contains(word) ? Optional.of(false) : Optional.empty();
  }

  /** Whether this is a whole number that no field holds. */
  static boolean isTooLong(Scalar scalar) {
    return whole(scalar).isEmpty()
        && !isText(scalar)
        && scalar.text().length() > 1
        && scalar.text().substring(1).chars().allMatch(c -> c >= '0' && c <= '9')
        && "+-0123456789".indexOf(scalar.text().charAt(0)) >= 0;
  }

  static OptionalLong whole(Scalar scalar) {
    String text = scalar.text().replace("_", "");
    if (isText(scalar) || scalar.text().startsWith("_")) {
      return OptionalLong.empty();
    }
    try {
      if (text.startsWith("0x")) {
        return OptionalLong.of(Long.parseUnsignedLong(text, 2, text.length(), 16));
      }
      if (text.startsWith("0o")) {
        return OptionalLong.of(Long.parseUnsignedLong(text, 2, text.length(), 8));
      }
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return integral(scalar);
    }
  }

  /** What v0.3 takes a whole number for, where its leading 0 makes that another: octal digits. */
  static OptionalLong octal(Scalar scalar) {
    String digits = scalar.text().replace("_", "").replaceFirst("^[+-]", "");
    OptionalLong here = whole(scalar);
    if (here.isEmpty()
        || !digits.startsWith("0")
        || !digits.chars().allMatch(c -> c >= '0' && c <= '7')) {
      return OptionalLong.empty();
    }
    long there = Long.parseLong(digits, 8) * Long.signum(here.getAsLong());
    return there == here.getAsLong() ? OptionalLong.empty() : OptionalLong.of(there);
  }

  /** A whole number that is written with a point or an exponent, such as 8899.0. */
  private static OptionalLong integral(Scalar scalar) {
    double value = real(scalar).orElse(Double.NaN);
    boolean isExact = value == Math.rint(value) && Math.abs(value) <= EXACT_MAX;
    return isExact ? OptionalLong.of((long) value) : OptionalLong.empty();
  }

  static OptionalDouble real(Scalar scalar) {
    String text = scalar.text().replace("_", "");
    boolean digitsOnly =
        text.chars().allMatch(c -> (c >= '0' && c <= '9') || REAL_SIGNS.indexOf(c) >= 0);
    if (isText(scalar) || !digitsOnly) {
      return OptionalDouble.empty();
    }
    try {
      double value = Double.parseDouble(text);
      return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  /** One or more numbers, each with a unit; a lone 0 needs none. */
  static Optional<Duration> time(Scalar scalar) {
    String text = scalar.text().strip();
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    double nanos = 0;
    int index = 0;
    while (index < text.length()) {
      int unitStart = end(text, index, c -> (c >= '0' && c <= '9') || c == '.');
      int unitEnd = end(text, unitStart, Character::isLetter);
      OptionalDouble number =
          real(Scalar.plain(scalar.position(), text.substring(index, unitStart)));
      OptionalDouble unit = nanosPer(text.substring(unitStart, unitEnd));
      if (number.isEmpty() || unit.isEmpty()) {
        return Optional.empty();
      }
      nanos += number.getAsDouble() * unit.getAsDouble();
      index = unitEnd;
    }
    return index == 0 || nanos >= NANOS_MAX
        ? Optional.empty()
        : Optional.of(Duration.ofNanos((long) nanos));
  }

  private static int end(String text, int start, IntPredicate belongs) {
    int index = start;
    while (index < text.length() && belongs.test(text.charAt(index))) {
      index++;
    }
    return index;
  }

  /** Quotes make a value text, unless it came from the environment, which has no other type. */
  private static boolean isText(Scalar scalar) {
    return scalar.quoted() && !scalar.secret();
  }

  private static OptionalDouble nanosPer(String unit) {
    return switch (unit) {
      case "ns" -> OptionalDouble.of(1);
      case "us", "µs" -> OptionalDouble.of(1e3);
      case "ms" -> OptionalDouble.of(1e6);
      case "s" -> OptionalDouble.of(1e9);
      case "m" -> OptionalDouble.of(60e9);
      case "h" -> OptionalDouble.of(3600e9);
      default -> OptionalDouble.empty();
    };
  }
}
