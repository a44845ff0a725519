package dev.gatun.server.observe;

import dev.gatun.router.config.Providers.Pricing;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.router.text.TokenRatio;
import dev.gatun.server.inference.TurnCache;
import dev.gatun.server.wire.Usage;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Counts what became of requests, for Prometheus. Names of rules, decisions and models, and
 * currencies, are the only labels that a configuration chooses. Safe for use by many threads.
 */
public final class RequestMetrics {
  /** What {@link #text} is. */
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final SignalMetrics signals = new SignalMetrics(registry);
  private final DecisionMetrics decisions = new DecisionMetrics(registry);
  private final UsageMetrics usages = new UsageMetrics(registry);
  private final OverloadMetrics overloads = new OverloadMetrics(registry);
  private final CalibrationMetrics calibrations = new CalibrationMetrics(registry);

  public RequestMetrics() {}

  /**
   * Shows how the cache of earlier turns does from here on; for one call.
   *
   * @param turns of the models at work, empty when there are none
   */
  public void turns(Supplier<Optional<TurnCache.Figures>> turns) {
    CacheMetrics.of(registry, turns);
  }

  /** Counts one request: of a family that ran all rules of the profile were evaluated. */
  public void add(Routed routed) {
    signals.add(routed.signals(), routed.profile().routing().signals());
    decisions.add(routed.verdict(), routed.decisionNanos());
    overloads.add(routed);
  }

  /**
   * Counts what a backend counted.
   *
   * @param model that answered, by a name of the configuration
   * @param pricing of the model, when it has prices
   */
  public void add(String model, Optional<Pricing> pricing, Usage usage) {
    usages.add(model, pricing, usage);
  }

  /**
   * Shows what was learned about the tokens of one request.
   *
   * @param category of the ratio: a model, or all together
   * @param errorPercent by how much the estimate before missed the count, 0 or more
   */
  public void calibrated(String category, TokenRatio learned, double errorPercent) {
    calibrations.add(category, learned, errorPercent);
  }

  /** Everything counted so far, in the text format of Prometheus. */
  public byte[] text() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes everything", e);
    }
    return text.toByteArray();
  }
}
