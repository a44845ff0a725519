package dev.gatun.router.config;

import java.util.Optional;
import java.util.function.Function;

/**
 * How to read a configuration.
 *
 * @param strict whether an unknown key is an error instead of a warning
 * @param environment looks up a variable that the file refers to
 */
public record DecodeOptions(boolean strict, Function<String, Optional<String>> environment) {
  /** Lenient, with an empty environment. */
  public static DecodeOptions lenient() {
    return new DecodeOptions(false, name -> Optional.empty());
  }
}
