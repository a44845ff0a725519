package dev.gatun.server.http;

import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.pipeline.Router;
import dev.gatun.server.upstream.Backends;
import java.util.List;

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
}
