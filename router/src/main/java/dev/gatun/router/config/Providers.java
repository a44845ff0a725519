package dev.gatun.router.config;

import dev.gatun.router.model.Secret;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where models are served and how to call them.
 *
 * @param defaultModel answers when no decision names a model
 * @param reasoningEffort of candidates that say nothing of it
 * @param models in the order of the file, names unique
 */
public record Providers(Optional<String> defaultModel, String reasoningEffort, List<Model> models) {
  static final String EFFORT = "medium";

  public Providers {
    models = List.copyOf(models);
  }

  public static Providers none() {
    return new Providers(Optional.empty(), EFFORT, List.of());
  }

  public Optional<Model> model(String name) {
    return models.stream().filter(m -> m.name().equals(name)).findFirst();
  }

  /**
   * How models of a family are told to reason.
   *
   * @param parameter the member of a request that tells them; not empty
   */
  public record ReasoningFamily(Kind kind, String parameter) {
    /** Where the member stands, and what it says. */
    public enum Kind {
      /** True or false in {@code chat_template_kwargs}. */
      CHAT_TEMPLATE_KWARGS,
      /** An effort in {@code chat_template_kwargs}; in OpenAI's own API beside the messages. */
      REASONING_EFFORT,
      /** An effort beside the messages, whoever serves the model. */
      TOP_LEVEL_REASONING_EFFORT;

      /** The word of a configuration. */
      public String word() {
        return name().toLowerCase(Locale.ROOT);
      }

      public static Optional<Kind> ofWord(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
      }

      static List<String> words() {
        return Arrays.stream(values()).map(Kind::word).toList();
      }

      /** Whether such a family is told how much to reason, and not only whether. */
      public boolean takesEffort() {
        return this != CHAT_TEMPLATE_KWARGS;
      }
    }
  }

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
      Optional<ReasoningFamily> reasoningFamily,
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
   * @param cachedInputPer1m of tokens that the backend had read before; as others where not written
   */
  public record Pricing(
      String currency,
      OptionalDouble promptPer1m,
      OptionalDouble completionPer1m,
      OptionalDouble cachedInputPer1m) {
    private static final double TOKENS = 1e6;

    /**
     * What a request and its answer cost, in the currency; empty when a price is not known that
     * counts.
     *
     * @param cached those of the prompt that the backend had read before
     */
    public OptionalDouble cost(long prompt, long cached, long completion) {
      long known = Math.clamp(cached, 0, Math.max(0, prompt));
      OptionalDouble ofKnown = cachedInputPer1m.isPresent() ? cachedInputPer1m : promptPer1m;
      boolean isPriced =
          isPriced(prompt - known, promptPer1m)
              && isPriced(known, ofKnown)
              && isPriced(completion, completionPer1m);
      return isPriced
          ? OptionalDouble.of(
              ((prompt - known) * promptPer1m.orElse(0)
                      + known * ofKnown.orElse(0)
                      + completion * completionPer1m.orElse(0))
                  / TOKENS)
          : OptionalDouble.empty();
    }

    private static boolean isPriced(long tokens, OptionalDouble price) {
      return tokens <= 0 || price.isPresent();
    }
  }

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
