package dev.gatun.server.observe;

import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalRules;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Counts what signals did, for Prometheus (text format 0.0.4): the one place that names these
 * metrics. Names of rules are the only labels that a configuration chooses. Safe for use by many
 * threads.
 */
public final class SignalMetrics {
  /** Upper bounds in seconds, those that Prometheus clients have by default. */
  private static final double[] BUCKETS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

  private static final String[] BOUNDS = {
    "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"
  };

  private static final String TYPE = "signal_type";

  private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
  private final Map<Family, Latency> latencies = new ConcurrentHashMap<>();

  /** How long the runs of a family took. */
  private static final class Latency {
    private final LongAdder[] within =
        Stream.generate(LongAdder::new).limit(BUCKETS.length + 1L).toArray(LongAdder[]::new);
    private final LongAdder nanos = new LongAdder();

    void add(long duration) {
      double seconds = duration / 1e9;
      int bucket = Arrays.binarySearch(BUCKETS, seconds);
      within[bucket < 0 ? -bucket - 1 : bucket].increment();
      nanos.add(duration);
    }
  }

  /**
   * Counts one request.
   *
   * @param rules of the configuration that evaluated it: all of a family that ran were evaluated
   */
  public void add(SignalHits hits, SignalRules rules) {
    for (SignalHits.FamilyRun run : hits.runs()) {
      String family = run.family().type();
      latencies.computeIfAbsent(run.family(), _ -> new Latency()).add(run.nanos());
      rules.all().stream()
          .filter(rule -> rule.family() == run.family())
          .forEach(rule -> count("llm_signal_extraction_total", family, rule.name()));
      if (run.degraded().isPresent()) {
        String labels = label(TYPE, family) + "," + label("on_failure", run.onFailure().word());
        counter("gatun_signal_unavailable_total{" + labels + "}").increment();
      }
      if (run.coverage().present() > 0) {
        String labels = "{" + label(TYPE, family) + "}";
        counter("gatun_signal_tokens_read_total" + labels).add(run.coverage().read());
        counter("gatun_signal_tokens_present_total" + labels).add(run.coverage().present());
      }
    }
    for (SignalHits.Hit hit : hits.matched()) {
      SignalKey key = hit.key();
      count("llm_signal_match_total", key.family().type(), key.name());
    }
  }

  private void count(String metric, String family, String name) {
    counter(metric + "{" + label(TYPE, family) + "," + label("signal_name", name) + "}")
        .increment();
  }

  private LongAdder counter(String line) {
    return counters.computeIfAbsent(line, _ -> new LongAdder());
  }

  /** Everything counted so far, one line each. */
  public String text() {
    StringBuilder text = new StringBuilder();
    String before = "";
    for (Map.Entry<String, LongAdder> counter : new TreeMap<>(counters).entrySet()) {
      String metric = counter.getKey().substring(0, counter.getKey().indexOf('{'));
      if (!metric.equals(before)) {
        text.append("# TYPE ").append(metric).append(" counter\n");
        before = metric;
      }
      text.append(counter.getKey()).append(' ').append(counter.getValue().sum()).append('\n');
    }
    String latency = "llm_signal_extraction_latency_seconds";
    text.append("# TYPE ").append(latency).append(" histogram\n");
    new TreeMap<>(latencies).forEach((family, of) -> append(latency, family, of, text));
    return text.toString();
  }

  private static void append(String metric, Family family, Latency latency, StringBuilder text) {
    String type = label(TYPE, family.type());
    long count = 0;
    for (int i = 0; i <= BUCKETS.length; i++) {
      count += latency.within[i].sum();
      text.append(metric)
          .append("_bucket{")
          .append(type)
          .append(',')
          .append(label("le", BOUNDS[i]));
      text.append("} ").append(count).append('\n');
    }
    double seconds = latency.nanos.sum() / (double) TimeUnit.SECONDS.toNanos(1);
    text.append(metric).append("_sum{").append(type).append("} ").append(seconds).append('\n');
    text.append(metric).append("_count{").append(type).append("} ").append(count).append('\n');
  }

  private static String label(String name, String value) {
    String safe = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return name + "=\"" + safe + "\"";
  }
}
