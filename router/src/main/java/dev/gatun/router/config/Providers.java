package dev.gatun.router.config;

import dev.gatun.router.model.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where models are served and how to call them.
 *
 * @param defaultModel answers when no decision names a model
 * @param reasoningFamilies by name
 * @param models in the order of the file, names unique
 */
public record Providers(
    Optional<String> defaultModel,
    Optional<String> defaultReasoningEffort,
    Map<String, ReasoningFamily> reasoningFamilies,
    List<Model> models) {

  public Providers {
    reasoningFamilies = Map.copyOf(reasoningFamilies);
    models = List.copyOf(models);
  }

  public static Providers none() {
    return new Providers(Optional.empty(), Optional.empty(), Map.of(), List.of());
  }

  public Optional<Model> model(String name) {
    return models.stream().filter(m -> m.name().equals(name)).findFirst();
  }

  /** How a family of models is told to reason. */
  public record ReasoningFamily(String type, String parameter) {}

  /** The request dialect of a model's backends. */
  public enum ApiFormat {
    OPENAI,
    ANTHROPIC,
    RESPONSES
  }

  /**
   * A logical model and its backends.
   *
   * @param backends in the order of the file; empty when the model is declared but not served here
   */
  public record Model(
      String name,
      Optional<String> reasoningFamily,
      ApiFormat apiFormat,
      Optional<Pricing> pricing,
      Timeouts timeouts,
      List<Backend> backends) {
    public Model {
      backends = List.copyOf(backends);
    }
  }

  /**
   * Prices per million tokens. Absent is unknown; 0 is free.
   *
   * @param currency ISO 4217 code
   */
  public record Pricing(
      String currency,
      OptionalDouble promptPer1m,
      OptionalDouble completionPer1m,
      OptionalDouble cachedInputPer1m,
      OptionalDouble cacheWritePer1m) {}

  /**
   * Limits of one call.
   *
   * @param connect until the connection stands
   * @param firstByte from the request sent to the first byte of the answer
   * @param idle between two pieces of the answer
   */
  public record Timeouts(Duration connect, Duration firstByte, Duration idle) {
    public static Timeouts byDefault() {
      return new Timeouts(Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofSeconds(30));
    }
  }

  /**
   * One place that serves a model; address, path, header and model name are ready to use.
   *
   * @param weight share of the traffic; at least 1
   * @param chatPath path and query of the chat endpoint, beginning with {@code /}
   * @param upstreamModel the name this backend knows the model by
   * @param authHeader header that carries the key
   * @param authPrefix put before the key with one space; empty for none
   */
  public record Backend(
      String name,
      Target target,
      int weight,
      String provider,
      String chatPath,
      String upstreamModel,
      String authHeader,
      String authPrefix,
      Optional<Secret> apiKey,
      Map<String, Secret> extraHeaders) {
    public Backend {
      extraHeaders = Map.copyOf(extraHeaders);
    }

    /** The value of {@link #authHeader}, when there is a key. */
    public Optional<Secret> authValue() {
      return apiKey.map(
          key -> authPrefix.isEmpty() ? key : new Secret(authPrefix + " " + key.reveal()));
    }
  }
}
