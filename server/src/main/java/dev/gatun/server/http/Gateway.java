package dev.gatun.server.http;

import dev.gatun.router.config.Providers.Model;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.model.ModelCard;
import dev.gatun.router.pipeline.Router;
import dev.gatun.server.upstream.Backends;
import java.util.List;
import java.util.Optional;

/**
 * One configuration at work: an immutable snapshot that a request keeps from its first to its last
 * step.
 *
 * @param keys those that each listener accepts, in the order of the listeners
 * @param configHash names the configuration in traces
 * @param tokens learned from the responses of all configurations so far
 * @param loadedAt Unix seconds
 */
public record Gateway(
    RouterConfig config,
    String configHash,
    Router router,
    Backends backends,
    List<ApiKeys> keys,
    LearnedTokens tokens,
    long loadedAt) {

  /** A snapshot of a configuration that was made ready. */
  public static Gateway of(
      RouterConfig config,
      String configHash,
      Router router,
      Backends backends,
      LearnedTokens tokens,
      long loadedAt) {
    List<ApiKeys> keys =
        config.listeners().stream().map(listener -> new ApiKeys(listener.apiKeys())).toList();
    return new Gateway(config, configHash, router, backends, keys, tokens, loadedAt);
  }

  /**
   * Who serves a name.
   *
   * @param adapter the name to send instead of the backend's own, when it is a LoRA adapter
   */
  record Served(Model model, Optional<String> adapter) {}

  /** The provider of a model or of the base model of an adapter. */
  Optional<Served> served(String name) {
    Optional<Model> own = config.providers().model(name);
    if (own.isPresent()) {
      return own.map(model -> new Served(model, Optional.empty()));
    }
    return config.cards().stream()
        .filter(card -> hasAdapter(card, name))
        .flatMap(card -> config.providers().model(card.name()).stream())
        .findFirst()
        .map(model -> new Served(model, Optional.of(name)));
  }

  private static boolean hasAdapter(ModelCard card, String name) {
    return card.loras().stream().anyMatch(lora -> lora.name().equals(name));
  }
}
