package dev.gatun.server;

import dev.gatun.router.model.Compatibility;
import dev.gatun.server.config.ConfigSource;
import dev.gatun.server.http.MemoryBudget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How to run the server.
 *
 * @param port of the first listener instead of the configured one; 0 for a free one
 * @param managementPort instead of the configured one; 0 for a free one
 * @param metricsPort of a listener with metrics alone; 0 or empty for none
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
    OptionalInt port,
    OptionalInt managementPort,
    OptionalInt metricsPort,
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
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        false,
        false,
        Path.of(System.getProperty(MODELS_PROPERTY, "models")),
        MemoryBudget.defaultBytes(),
        DRAIN);
  }

  public ServeOptions withPorts(OptionalInt data, OptionalInt management) {
    return new ServeOptions(
        source,
        data,
        management,
        metricsPort,
        compatibility,
        allowUnsupported,
        strict,
        models,
        memoryBytesMax,
        drain);
  }

  public ServeOptions withMetricsPort(OptionalInt metrics) {
    return new ServeOptions(
        source,
        port,
        managementPort,
        metrics,
        compatibility,
        allowUnsupported,
        strict,
        models,
        memoryBytesMax,
        drain);
  }

  public ServeOptions withCompatibility(Optional<Compatibility> chosen) {
    return new ServeOptions(
        source,
        port,
        managementPort,
        metricsPort,
        chosen,
        allowUnsupported,
        strict,
        models,
        memoryBytesMax,
        drain);
  }

  public ServeOptions allowingUnsupported(boolean allow) {
    return new ServeOptions(
        source,
        port,
        managementPort,
        metricsPort,
        compatibility,
        allow,
        strict,
        models,
        memoryBytesMax,
        drain);
  }

  public ServeOptions withStrict(boolean unknownKeysAreErrors) {
    return new ServeOptions(
        source,
        port,
        managementPort,
        metricsPort,
        compatibility,
        allowUnsupported,
        unknownKeysAreErrors,
        models,
        memoryBytesMax,
        drain);
  }

  public ServeOptions withDrain(Duration longest) {
    return new ServeOptions(
        source,
        port,
        managementPort,
        metricsPort,
        compatibility,
        allowUnsupported,
        strict,
        models,
        memoryBytesMax,
        longest);
  }

  public ServeOptions withMemory(long bytesMax) {
    return new ServeOptions(
        source,
        port,
        managementPort,
        metricsPort,
        compatibility,
        allowUnsupported,
        strict,
        models,
        bytesMax,
        drain);
  }
}
