package dev.gatun.server.inference;

import dev.gatun.inference.WeightCache;
import dev.gatun.server.config.ConfigFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Where packed weights are kept: what the command line says, else the variable {@value #VARIABLE},
 * else the configuration, else {@code gatun} in the user's cache directory. {@value #OFF} means
 * nowhere.
 */
public final class CacheLocation {
  /** Names a directory, or says {@value #OFF}. */
  public static final String VARIABLE = "GATUN_CACHE";

  private static final String OFF = "off";

  private CacheLocation() {}

  /** The cache for the environment of this process. */
  public static WeightCache of(
      Optional<String> option, Optional<String> configured, OptionalLong bytesMax) {
    return of(option, configured, bytesMax, ConfigFile::environment);
  }

  /** With nothing configured. */
  public static WeightCache of(Optional<String> option) {
    return of(option, Optional.empty(), OptionalLong.empty());
  }

  static WeightCache of(
      Optional<String> option,
      Optional<String> configured,
      OptionalLong bytesMax,
      Function<String, Optional<String>> environment) {
    return option
        .or(() -> environment.apply(VARIABLE).filter(text -> !text.isEmpty()))
        .or(() -> configured)
        .or(() -> usual(environment))
        .filter(place -> !place.equals(OFF))
        .<WeightCache>map(place -> in(Path.of(place).toAbsolutePath().normalize(), bytesMax))
        .orElseGet(WeightCache::off);
  }

  private static WeightCache.In in(Path directory, OptionalLong bytesMax) {
    return bytesMax.isPresent()
        ? new WeightCache.In(directory, bytesMax.getAsLong())
        : new WeightCache.In(directory);
  }

  /** As the XDG Base Directory Specification says, which ignores a path that is not absolute. */
  private static Optional<String> usual(Function<String, Optional<String>> environment) {
    Optional<String> caches =
        environment.apply("XDG_CACHE_HOME").filter(path -> path.startsWith("/"));
    return caches
        .or(() ->
            environment
                .apply("HOME")
                .filter(home -> home.startsWith("/"))
                .map(home -> home + "/.cache"))
        .map(path -> path + "/gatun");
  }
}
