package dev.gatun.bench.encoder;

import dev.gatun.bench.measure.Operations;
import dev.gatun.bench.measure.Shape;
import dev.gatun.bench.measure.Statistics;
import dev.gatun.bench.report.Peak;
import dev.gatun.bench.report.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one variant has shown for one case, over all rounds. */
final class Samples {
  private final Case subject;
  private final Variant variant;
  private final List<Double> millis = new ArrayList<>();
  private final List<Double> tokensPerSecond = new ArrayList<>();
  private String isa = "";
  private long rssMebibytes;
  private double loadMillis;

  Samples(Case subject, Variant variant) {
    this.subject = subject;
    this.variant = variant;
  }

  /**
   * Adds a round.
   *
   * @param elapsedMillis of all its calls together; callers overlap
   */
  void add(List<Double> latencies, double elapsedMillis, String tier, double load) {
    millis.addAll(latencies);
    tokensPerSecond.add(latencies.size() * (double) subject.tokens() / (elapsedMillis / 1e3));
    isa = tier;
    loadMillis = load;
  }

  /** Keeps the memory of the first round, in which nothing larger came before. */
  void memory(long mebibytes) {
    rssMebibytes = rssMebibytes == 0 ? mebibytes : rssMebibytes;
  }

  /** How long a call takes, in milliseconds; empty before the first. */
  Optional<Double> cost() {
    return millis.isEmpty() ? Optional.empty() : Optional.of(Statistics.median(millis));
  }

  /** The result so far. */
  Row row(Shape shape, Optional<Peak> peak) {
    double p50 = Statistics.median(millis);
    boolean alone = subject.concurrency() == 1;
    double tokens = alone ? subject.tokens() / (p50 / 1e3) : Statistics.median(tokensPerSecond);
    Operations operations =
        Operations.of(shape, subject.length(), subject.batch(), subject.tasks());
    double perCall = alone ? p50 : subject.tokens() / tokens * 1e3;
    return new Row(
        "gatun",
        subject.name(),
        variant.precision().word(),
        isa,
        subject.length(),
        subject.batch(),
        subject.concurrency(),
        subject.tasks(),
        variant.threads(),
        p50,
        Statistics.percentile(0.99, millis),
        tokens,
        peak.flatMap(known -> known.fraction(operations, variant.precision(), perCall)),
        rssMebibytes,
        loadMillis,
        millis.size());
  }
}
