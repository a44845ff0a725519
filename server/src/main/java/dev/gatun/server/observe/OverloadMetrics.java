package dev.gatun.server.observe;

import dev.gatun.router.pipeline.Outcome;
import dev.gatun.router.pipeline.Routed;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What became of requests whose signals the models had no room for (spec signals §0.3). */
final class OverloadMetrics {
  private static final String SIGNALS = "signals";
  private static final String TOO_LARGE = "too_large";

  private final Counter shed;
  private final Counter unclassified;

  OverloadMetrics(PrometheusRegistry registry) {
    shed =
        Counter.builder()
            .name("gatun_shed_total")
            .help("Requests that were refused because models had no room for them.")
            .labelNames("reason")
            .register(registry);
    unclassified =
        Counter.builder()
            .name("gatun_unclassified_total")
            .help("Requests that the default model answered because too much was under way.")
            .register(registry);
  }

  void add(Routed routed) {
    boolean isOverloaded = routed.signals().overload().isPresent();
    if (routed.outcome() instanceof Outcome.Overloaded) {
      shed.labelValues(SIGNALS).inc();
    } else if (routed.outcome() instanceof Outcome.TooLarge) {
      shed.labelValues(TOO_LARGE).inc();
    } else if (isOverloaded && routed.outcome() instanceof Outcome.Selected) {
      unclassified.inc();
    }
  }
}
