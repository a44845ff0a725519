package dev.gatun.router.config;

import dev.gatun.router.model.Compatibility;
import java.util.Optional;
import java.util.function.Function;

/**
 * How to read a configuration.
 *
 * @param strict whether an unknown key is an error instead of a warning
 * @param compatibility overrides {@code global.router.compatibility}
 * @param environment looks up a variable that the file refers to
 * @param attachments reads files that the file refers to
 * @param models that the file can name
 * @param production whether to report what must not be where real users are served, see {@link
 *     ProductionCheck}
 */
public record DecodeOptions(
    boolean strict,
    Optional<Compatibility> compatibility,
    Function<String, Optional<String>> environment,
    Attachments attachments,
    ModelNames models,
    boolean production) {

  /** For any use. */
  public DecodeOptions(
      boolean strict,
      Optional<Compatibility> compatibility,
      Function<String, Optional<String>> environment,
      Attachments attachments) {
    this(strict, compatibility, environment, attachments, ModelNames.none(), false);
  }

  /** Without files beside it. */
  public DecodeOptions(
      boolean strict,
      Optional<Compatibility> compatibility,
      Function<String, Optional<String>> environment) {
    this(strict, compatibility, environment, Attachments.none());
  }

  /** With the semantics that the file asks for. */
  public DecodeOptions(boolean strict, Function<String, Optional<String>> environment) {
    this(strict, Optional.empty(), environment);
  }

  /** Lenient, with an empty environment. */
  public static DecodeOptions lenient() {
    return new DecodeOptions(false, name -> Optional.empty());
  }
}
