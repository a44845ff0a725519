package dev.gatun.bench.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.measure.Operations;
import dev.gatun.inference.Precision;
import java.util.Map;
import java.util.Optional;

/**
 * What the machine multiplies and adds at most, measured on registers only.
 *
 * @param operationsPerSecond by precision; an addition and a multiplication count as two
 */
public record Peak(String isa, int threads, Map<Precision, Double> operationsPerSecond) {

  public Peak {
    operationsPerSecond = Map.copyOf(operationsPerSecond);
  }

  /**
   * Share of the peak that a measured time is.
   *
   * @return empty when a precision it needs was not measured
   */
  public Optional<Double> fraction(Operations operations, Precision precision, double millis) {
    Double linear = operationsPerSecond.get(precision);
    Double attention = operationsPerSecond.get(ofAttention(precision));
    if (linear == null || attention == null) {
      return Optional.empty();
    }
    return Optional.of(operations.seconds(linear, attention) / (millis / 1e3));
  }

  /** What attention computes in: scores of an int8 model are bf16. */
  private static Precision ofAttention(Precision precision) {
    return precision == Precision.FP32 ? Precision.FP32 : Precision.BF16;
  }

  void write(ObjectNode node) {
    node.put("isa", isa).put("threads", threads);
    for (Precision precision : Precision.values()) {
      Double rate = operationsPerSecond.get(precision);
      if (rate != null) {
        node.put(precision.word() + "_gops", Math.round(rate / 1e8) / 10.0);
      }
    }
  }
}
