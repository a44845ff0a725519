package dev.gatun.server.config;

import dev.gatun.router.config.Attachments;
import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.model.Compatibility;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** Where a configuration comes from. */
public sealed interface ConfigSource {
  /** A file of the user. */
  record OfFile(Path path) implements ConfigSource {}

  /** What a file of the user said when it was read, or is to say. */
  record OfText(ConfigText text) implements ConfigSource {}

  /** The built-in starter configuration with its demo models. */
  record Starter() implements ConfigSource {}

  /** What it says now, to be decoded and remembered. */
  default ConfigSource once() {
    return switch (this) {
      case OfFile(Path path) -> {
        try {
          yield new OfText(ConfigText.read(path));
        } catch (IOException e) {
          yield this; // reading it again says what is wrong
        }
      }
      case OfText _ -> this;
      case Starter() ->
          new OfText(new ConfigText(Path.of(ConfigFile.STARTER), ConfigFile.starterText()));
    };
  }

  /** The text as a tree, or what is wrong with it. */
  default YamlReader.Result read() {
    return switch (this) {
      case OfFile(Path path) -> ConfigFile.read(path);
      case OfText(ConfigText(Path path, String text)) -> YamlReader.read(path.toString(), text);
      case Starter() -> ConfigFile.starter();
    };
  }

  /**
   * Reads and validates.
   *
   * @param strict whether unknown keys are errors
   * @param compatibility replaces what the text says, when given
   * @param environment looks up variables the text refers to
   */
  default Decoded load(
      boolean strict,
      Optional<Compatibility> compatibility,
      Function<String, Optional<String>> environment) {
    return load(options(strict, compatibility, environment, false));
  }

  /**
   * Reads and validates as what is to serve real users: unknown keys are errors, and so is what
   * must not be there.
   */
  default Decoded loadForProduction(
      Optional<Compatibility> compatibility, Function<String, Optional<String>> environment) {
    return load(options(true, compatibility, environment, true));
  }

  private DecodeOptions options(
      boolean strict,
      Optional<Compatibility> compatibility,
      Function<String, Optional<String>> environment,
      boolean production) {
    return new DecodeOptions(
        strict,
        compatibility,
        environment,
        attachments(environment),
        new NamedModels(folder(), environment),
        production);
  }

  private Decoded load(DecodeOptions options) {
    YamlReader.Result text = read();
    if (text.root().isEmpty()) {
      return new Decoded(Optional.empty(), text.diagnostics());
    }
    return ConfigDecoder.decode(
        EmbeddingOverrides.of(text.root().get(), options.environment()), options);
  }

  private Attachments attachments(Function<String, Optional<String>> environment) {
    return switch (this) {
      case OfFile(Path path) -> beside(path, environment);
      case OfText(ConfigText text) -> beside(text.path(), environment);
      case Starter() -> Attachments.none();
    };
  }

  /** Where relative paths of models begin. */
  private Optional<Path> folder() {
    return switch (this) {
      case OfFile(Path path) -> Optional.ofNullable(path.toAbsolutePath().getParent());
      case OfText(ConfigText text) -> Optional.ofNullable(text.path().toAbsolutePath().getParent());
      case Starter() -> Optional.empty();
    };
  }

  private static Attachments beside(Path path, Function<String, Optional<String>> environment) {
    return FilesBeside.of(path, environment.apply(FilesBeside.FOLDER_VARIABLE));
  }
}
