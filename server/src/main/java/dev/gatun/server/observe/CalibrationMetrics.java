package dev.gatun.server.observe;

import dev.gatun.router.text.TokenRatio;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** How well tokens are estimated from bytes (spec plugins §12). */
final class CalibrationMetrics {
  private static final String CATEGORY = "category";
  private static final double[] PERCENT = {1, 2, 5, 10, 20, 50, 100, 200};

  private final Gauge ratio;
  private final Gauge samples;
  private final Histogram errors;

  CalibrationMetrics(PrometheusRegistry registry) {
    ratio =
        Gauge.builder()
            .name("vsr_token_calibration_ratio")
            .help("Bytes per token, as rather too many tokens are counted with.")
            .labelNames(CATEGORY)
            .register(registry);
    samples =
        Gauge.builder()
            .name("vsr_token_calibration_samples")
            .help("Answers whose tokens a backend counted, that the ratio was learned from.")
            .labelNames(CATEGORY)
            .register(registry);
    errors =
        Histogram.builder()
            .name("vsr_token_estimation_error_pct")
            .help("By how many percent an estimate missed what a backend counted.")
            .classicOnly()
            .classicUpperBounds(PERCENT)
            .labelNames(CATEGORY)
            .register(registry);
  }

  void add(String category, TokenRatio learned, double errorPercent) {
    ratio.labelValues(category).set(learned.conservative());
    samples.labelValues(category).set((double) learned.samples());
    errors.labelValues(category).observe(errorPercent);
  }
}
