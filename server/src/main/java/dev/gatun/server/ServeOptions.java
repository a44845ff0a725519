package dev.gatun.server;

import dev.gatun.router.model.Compatibility;
import dev.gatun.server.config.ConfigSource;
import dev.gatun.server.http.MemoryBudget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How to run the server.
 *
 * @param compatibility instead of the configured one
 * @param allowUnsupported whether to start although the configuration uses what this build does not
 *     do yet
 * @param strict whether unknown keys in the configuration are errors
 * @param models directory of the built model folders
 * @param memoryBytesMax request bodies and held replies of all requests together; at least 1
 * @param drain how long a stop waits for open requests; 0 or more
 */
public record ServeOptions(
    ConfigSource source,
    ServePorts ports,
    Optional<Compatibility> compatibility,
    boolean allowUnsupported,
    boolean strict,
    Path models,
    long memoryBytesMax,
    Duration drain) {

  private static final String MODELS_PROPERTY = "gatun.models";
  private static final Duration DRAIN = Duration.ofSeconds(30);

  /**
   * Runs a configuration as it is written, with the models named by the system property {@code
   * gatun.models}.
   */
  public static ServeOptions of(ConfigSource source) {
    return new ServeOptions(
        source,
        ServePorts.configured(),
        Optional.empty(),
        false,
        false,
        Path.of(System.getProperty(MODELS_PROPERTY, "models")),
        MemoryBudget.defaultBytes(),
        DRAIN);
  }

  public ServeOptions withPorts(ServePorts chosen) {
    return new ServeOptions(
        source, chosen, compatibility, allowUnsupported, strict, models, memoryBytesMax, drain);
  }

  public ServeOptions withCompatibility(Optional<Compatibility> chosen) {
    return new ServeOptions(
        source, ports, chosen, allowUnsupported, strict, models, memoryBytesMax, drain);
  }

  public ServeOptions allowingUnsupported(boolean allow) {
    return new ServeOptions(
        source, ports, compatibility, allow, strict, models, memoryBytesMax, drain);
  }

  public ServeOptions withStrict(boolean unknownKeysAreErrors) {
    return new ServeOptions(
        source,
        ports,
        compatibility,
        allowUnsupported,
        unknownKeysAreErrors,
        models,
        memoryBytesMax,
        drain);
  }

  public ServeOptions withDrain(Duration longest) {
    return new ServeOptions(
        source, ports, compatibility, allowUnsupported, strict, models, memoryBytesMax, longest);
  }

  public ServeOptions withMemory(long bytesMax) {
    return new ServeOptions(
        source, ports, compatibility, allowUnsupported, strict, models, bytesMax, drain);
  }
}
