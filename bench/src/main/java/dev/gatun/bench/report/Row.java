package dev.gatun.bench.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * One measured case.
 *
 * @param engine {@code gatun} or the name of a peer
 * @param precision of the products with weights: fp32, bf16, int8
 * @param isa instruction set tier, empty when the engine does not say
 * @param concurrency callers at the same time
 * @param p50Millis median time of a call
 * @param p99Millis nearest rank; of fewer than 100 calls it is the slowest or near it
 * @param peakFraction shortest time the machine allows for these operations, divided by the
 *     measured one; empty when its peak is not known
 * @param rssMebibytes most memory the engine's process ever had in RAM up to then
 * @param loadMillis time to load the model, 0 when not known
 * @param calls timed calls behind the percentiles
 */
public record Row(
    String engine,
    String model,
    String precision,
    String isa,
    int length,
    int batch,
    int concurrency,
    int tasks,
    int threads,
    double p50Millis,
    double p99Millis,
    double tokensPerSecond,
    Optional<Double> peakFraction,
    long rssMebibytes,
    double loadMillis,
    int calls) {

  /** A row of {@code rows} in the report. */
  void write(ObjectNode node) {
    node.put("engine", engine).put("model", model).put("precision", precision);
    node.put("length", length).put("batch", batch).put("tasks", tasks).put("threads", threads);
    node.put("p50_ms", rounded(p50Millis)).put("p99_ms", rounded(p99Millis));
    node.put("tokens_per_s", Math.round(tokensPerSecond));
    peakFraction.ifPresentOrElse(
        fraction -> node.put("peak_fraction", rounded(fraction)),
        () -> node.putNull("peak_fraction"));
    node.put("rss_mb", rssMebibytes).put("load_ms", rounded(loadMillis));
    node.put("concurrency", concurrency).put("isa", isa).put("calls", calls);
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
