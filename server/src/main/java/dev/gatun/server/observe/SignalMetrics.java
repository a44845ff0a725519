package dev.gatun.server.observe;

import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.FamilyRun;
import dev.gatun.router.signal.RoleBinding;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalRule;
import dev.gatun.router.signal.SignalRules;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumSet;
import java.util.Set;

/** What signals did (spec signals §0.4, and ours, {@code gatun_signal_*}). */
final class SignalMetrics {
  private static final String TYPE = "signal_type";
  private static final String NAME = "signal_name";
  private static final double NANOS = 1e9;

  private final Counter evaluated;
  private final Counter matched;
  private final Histogram seconds;
  private final Counter unavailable;
  private final Counter tokensRead;
  private final Counter tokensPresent;

  SignalMetrics(PrometheusRegistry registry) {
    evaluated =
        Counter.builder()
            .name("llm_signal_extraction_total")
            .help("Evaluations of a rule.")
            .labelNames(TYPE, NAME)
            .register(registry);
    matched =
        Counter.builder()
            .name("llm_signal_match_total")
            .help("Matches of a rule.")
            .labelNames(TYPE, NAME)
            .register(registry);
    seconds =
        Histogram.builder()
            .name("llm_signal_extraction_latency_seconds")
            .help("Time that a request spent on a family, waiting for models included.")
            .classicOnly()
            .labelNames(TYPE)
            .register(registry);
    unavailable =
        Counter.builder()
            .name("gatun_signal_unavailable_total")
            .help("Requests of which a family could not say anything.")
            .labelNames(TYPE, "on_failure")
            .register(registry);
    tokensRead = tokens("gatun_signal_tokens_read_total", "Tokens that models read.", registry);
    tokensPresent =
        tokens("gatun_signal_tokens_present_total", "Tokens of the texts asked about.", registry);
  }

  private static Counter tokens(String name, String help, PrometheusRegistry registry) {
    return Counter.builder().name(name).help(help).labelNames(TYPE).register(registry);
  }

  /** What matches of a rule are counted by: a role, which several bindings may give. */
  private static String name(SignalRule rule) {
    return rule instanceof RoleBinding binding ? binding.role() : rule.name();
  }

  void add(SignalHits hits, SignalRules rules) {
    Set<Family> asked = EnumSet.noneOf(Family.class);
    for (FamilyRun run : hits.runs()) {
      asked.add(run.family());
      String family = run.family().type();
      seconds.labelValues(family).observe(run.nanos() / NANOS);
      if (run.degraded().isPresent()) {
        unavailable.labelValues(family, run.onFailure().word()).inc();
      }
      if (run.coverage().present() > 0) {
        tokensRead.labelValues(family).inc(run.coverage().read());
        tokensPresent.labelValues(family).inc(run.coverage().present());
      }
    }
    rules.all().stream()
        .filter(rule -> asked.contains(rule.family()))
        .map(rule -> new SignalKey(rule.family(), name(rule)))
        .distinct()
        .forEach(key -> evaluated.labelValues(key.family().type(), key.name()).inc());
    for (SignalHits.Hit hit : hits.matched()) {
      SignalKey key = hit.key();
      matched.labelValues(key.family().type(), key.name()).inc();
    }
  }
}
