package dev.gatun.server.models;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where imported models are kept: what the command line says, else the variable {@value #VARIABLE},
 * else {@code gatun/models} in the user's data directory.
 */
public final class ModelsLocation {
  /** Names a directory. */
  public static final String VARIABLE = "GATUN_MODELS";

  private ModelsLocation() {}

  /** Where the models that come with the program are. */
  public static Path builtIns() {
    return Path.of(System.getProperty("gatun.models", "models"));
  }

  /**
   * The directory of imported models; empty for a user without a home.
   *
   * @param environment looks up a variable
   */
  public static Optional<Path> of(
      Optional<Path> option, Function<String, Optional<String>> environment) {
    return option
        .or(() -> environment.apply(VARIABLE).filter(text -> !text.isEmpty()).map(Path::of))
        .or(() -> usual(environment))
        .map(path -> path.toAbsolutePath().normalize());
  }

  /** As the XDG Base Directory Specification says, which ignores a path that is not absolute. */
  private static Optional<Path> usual(Function<String, Optional<String>> environment) {
    return environment
        .apply("XDG_DATA_HOME")
        .filter(path -> path.startsWith("/"))
        .or(() ->
            environment
                .apply("HOME")
                .filter(home -> home.startsWith("/"))
                .map(home -> home + "/.local/share"))
        .map(path -> Path.of(path, "gatun", "models"));
  }
}
