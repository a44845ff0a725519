package dev.gatun.server.observe;

import dev.gatun.router.config.Providers.Pricing;
import dev.gatun.server.wire.Usage;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Optional;

/** What backends counted, and what it cost (spec operations §7.1, http-api §2.4). */
final class UsageMetrics {
  private static final String MODEL = "model";

  private final Counter tokens;
  private final Counter promptTokens;
  private final Counter completionTokens;
  private final Counter cost;

  UsageMetrics(PrometheusRegistry registry) {
    tokens = tokens("llm_model_tokens_total", "Tokens of requests and answers.", registry);
    promptTokens = tokens("llm_model_prompt_tokens_total", "Tokens of requests.", registry);
    completionTokens = tokens("llm_model_completion_tokens_total", "Tokens of answers.", registry);
    cost =
        Counter.builder()
            .name("llm_model_cost_total")
            .help("What answered requests cost, of models whose prices are known.")
            .labelNames(MODEL, "currency")
            .register(registry);
  }

  private static Counter tokens(String name, String help, PrometheusRegistry registry) {
    return Counter.builder().name(name).help(help).labelNames(MODEL).register(registry);
  }

  void add(String model, Optional<Pricing> pricing, Usage usage) {
    long prompt = usage.promptTokens();
    long completion = usage.completionTokens();
    tokens.labelValues(model).inc(prompt + completion);
    promptTokens.labelValues(model).inc(prompt);
    completionTokens.labelValues(model).inc(completion);
    pricing.ifPresent(prices ->
        prices
            .cost(prompt, usage.cachedTokens().orElse(0), completion)
            .ifPresent(amount -> cost.labelValues(model, prices.currency()).inc(amount)));
  }
}
