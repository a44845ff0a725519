package dev.gatun.server.observe;

import dev.gatun.router.decision.Verdict;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What was decided (spec projections-decisions §6). */
final class DecisionMetrics {
  private static final String NAME = "decision_name";
  private static final double NANOS = 1e9;
  private static final double[] TENTHS = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};

  private final Counter evaluations;
  private final Histogram seconds;
  private final Counter matches;
  private final Histogram confidences;
  private final Counter selections;

  DecisionMetrics(PrometheusRegistry registry) {
    evaluations =
        Counter.builder()
            .name("llm_decision_evaluation_total")
            .help("Requests whose decision was looked for.")
            .register(registry);
    seconds =
        Histogram.builder()
            .name("llm_decision_evaluation_latency_seconds")
            .help("Time to find it.")
            .classicOnly()
            .classicUpperBounds(1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1)
            .register(registry);
    matches =
        Counter.builder()
            .name("llm_decision_match_total")
            .help("Matches of a decision, whether it won or not.")
            .labelNames(NAME)
            .register(registry);
    confidences =
        Histogram.builder()
            .name("llm_decision_confidence")
            .help("Confidence of every match of a decision.")
            .classicOnly()
            .classicUpperBounds(TENTHS)
            .labelNames(NAME)
            .register(registry);
    selections =
        Counter.builder()
            .name("gatun_decision_selected_total")
            .help("Wins of a decision.")
            .labelNames(NAME)
            .register(registry);
  }

  void add(Verdict verdict, long nanos) {
    evaluations.inc();
    seconds.observe(nanos / NANOS);
    for (Verdict.Match match : verdict.matching()) {
      String name = match.decision().name();
      matches.labelValues(name).inc();
      confidences.labelValues(name).observe(match.confidence());
    }
    verdict.winner().ifPresent(winner -> selections.labelValues(winner.decision().name()).inc());
  }
}
