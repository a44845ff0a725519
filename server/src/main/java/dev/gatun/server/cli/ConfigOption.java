package dev.gatun.server.cli;

import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Diagnostic;
import dev.gatun.router.config.Diagnostic.Severity;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.model.Compatibility;
import dev.gatun.server.config.ConfigDigest;
import dev.gatun.server.config.ConfigFile;
import dev.gatun.server.config.ConfigSource;
import dev.gatun.server.config.ConfigText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which configuration a command works on, and how it is read. */
final class ConfigOption {
  /** What is used when no file is named and this one is in the working folder. */
  private static final Path CUSTOMARY = Path.of("config.yaml");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration (default: config.yaml if there is one, else a built-in starter).")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--compatibility",
      paramLabel = "WORD",
      converter = CompatibilityWord.class,
      description = "gatun, or upstream-0.3 to decide as vLLM Semantic Router v0.3 does.")
  private Optional<Compatibility> compatibility = Optional.empty();

  @Option(names = "--strict", description = "Take an unknown key for an error.")
  private boolean strict;

  /** The same options for a file that was named otherwise than by {@code --config}. */
  ConfigOption or(Optional<Path> named) {
    file = file.or(() -> named);
    return this;
  }

  /** Whether a file is named. */
  boolean hasFile() {
    return file.isPresent();
  }

  boolean strict() {
    return strict;
  }

  Optional<Compatibility> compatibility() {
    return compatibility;
  }

  /** Whether the command line says anything about the configuration. */
  boolean isWritten() {
    return file.isPresent() || compatibility.isPresent();
  }

  /** The named file, the one in the working folder, or the starter. */
  ConfigSource source() {
    if (file.isEmpty() && !Files.isRegularFile(CUSTOMARY)) {
      return new ConfigSource.Starter();
    }
    return new ConfigSource.OfFile(file.orElse(CUSTOMARY));
  }

  /** The name to use in messages. */
  String name() {
    return switch (source()) {
      case ConfigSource.OfFile(Path path) -> path.toString();
      case ConfigSource.OfText(ConfigText text) -> text.path().toString();
      case ConfigSource.Starter() -> ConfigFile.STARTER;
    };
  }

  /** Reads and checks the configuration, with every problem found. */
  Decoded decode() {
    return source().load(strict, compatibility, ConfigFile::environment);
  }

  /** The same as of one that is to serve real users. */
  Decoded decodeForProduction() {
    return source().loadForProduction(compatibility, ConfigFile::environment);
  }

  /**
   * What names the configuration in traces; it must be one that can be read.
   *
   * @param settings what reading it came to
   */
  String hash(RouterConfig settings) {
    return ConfigDigest.of(
        source().read().root().orElseThrow(), settings.global().router().compatibility());
  }

  /** The configuration, with every problem on standard error; none when it has errors. */
  RouterConfig require(Console console) {
    return usable(console).config().orElseThrow();
  }

  /** The same with all that reading it came to. */
  Decoded usable(Console console) {
    Decoded decoded = decode();
    tell(console, decoded.diagnostics());
    if (decoded.config().isEmpty() || decoded.has(Severity.ERROR)) {
      throw new Failure(ExitStatus.CONFIGURATION, name() + ": the configuration is not valid");
    }
    return decoded;
  }

  /** Every problem as a line on standard error, in the order of the file. */
  static void tell(Console console, List<Diagnostic> problems) {
    problems.stream()
        .sorted(Diagnostic.BY_PLACE)
        .forEach(problem -> console.err().println(Diagnostics.line(problem)));
  }

  /** The words of {@code global.router.compatibility}. */
  static final class CompatibilityWord implements ITypeConverter<Compatibility> {
    @Override
    public Compatibility convert(String word) {
      for (Compatibility compatibility : Compatibility.values()) {
        if (compatibility.word().equals(word)) {
          return compatibility;
        }
      }
      throw new TypeConversionException("'" + word + "': gatun or upstream-0.3 expected");
    }
  }
}
