package dev.gatun.server.observe;

import dev.gatun.server.inference.TurnCache;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** How often what models said of earlier turns was still there. */
final class CacheMetrics {
  private CacheMetrics() {}

  /**
   * Registers the figures.
   *
   * @param turns of the models at work; empty when there are none. Asked at every look
   */
  static void of(PrometheusRegistry registry, Supplier<Optional<TurnCache.Figures>> turns) {
    counter("hits", "Answers of models that were kept.", TurnCache.Figures::hits, registry, turns);
    counter("misses", "Answers that were not kept.", TurnCache.Figures::misses, registry, turns);
    GaugeWithCallback.builder()
        .name("gatun_turn_cache_bytes")
        .help("About how much memory kept answers take.")
        .callback(take -> turns.get().ifPresent(figures -> take.call((double) figures.bytes())))
        .register(registry);
  }

  private static void counter(
      String what,
      String help,
      ToLongFunction<TurnCache.Figures> figure,
      PrometheusRegistry registry,
      Supplier<Optional<TurnCache.Figures>> turns) {
    CounterWithCallback.builder()
        .name("gatun_turn_cache_" + what + "_total")
        .help(help)
        .callback(take -> turns.get().ifPresent(all -> take.call((double) figure.applyAsLong(all))))
        .register(registry);
  }
}
