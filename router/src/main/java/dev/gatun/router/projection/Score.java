package dev.gatun.router.projection;

import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.SignalKey;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A weighted sum of what signals and other projections say.
 *
 * @param normalized whether the sum is divided by the sum of the weights without their signs
 * @param clip applied last
 */
public record Score(String name, List<Input> inputs, boolean normalized, Optional<Clip> clip) {
  public Score {
    inputs = List.copyOf(inputs);
  }

  /** A sum of these inputs, as it comes out. */
  public static Score of(String name, Input... inputs) {
    return new Score(name, List.of(inputs), false, Optional.empty());
  }

  /** Limits of a score; an absent one does not limit. */
  public record Clip(OptionalDouble min, OptionalDouble max) {
    double apply(double score) {
      double raised = min.isPresent() ? Math.max(score, min.getAsDouble()) : score;
      return max.isPresent() ? Math.min(raised, max.getAsDouble()) : raised;
    }
  }

  /**
   * One summand.
   *
   * @param weight may be negative
   * @param when the input counts as 0 unless this holds
   */
  public record Input(Subject subject, double weight, Optional<Rule> when) {
    public static Input of(Subject subject, double weight) {
      return new Input(subject, weight, Optional.empty());
    }
  }

  /** What an input reads. */
  public sealed interface Subject {
    /** One number when a signal matched, another when it did not. */
    record Matched(SignalKey key, double match, double miss) implements Subject {}

    /** The confidence of a signal; 0 when it did not match. */
    record Confidence(SignalKey key) implements Subject {}

    /** What was measured for a signal, matched or not; 0 when nothing was. */
    record Raw(SignalKey key) implements Subject {}

    /** A metric of a knowledge base; 0 when it was not computed. */
    record Metric(String kb, String metric) implements Subject {
      SignalKey key() {
        return SignalKey.kbMetric(kb, metric);
      }
    }

    /** Another score. */
    record OfScore(String score) implements Subject {}

    /** The confidence of an output; 0 unless it was emitted. */
    record OfOutput(String output) implements Subject {}

    /** The signals that have to be evaluated for it. */
    default Stream<SignalKey> keys() {
      return switch (this) {
        case Matched(SignalKey key, double _, double _) -> Stream.of(key);
        case Confidence(SignalKey key) -> Stream.of(key);
        case Raw(SignalKey key) -> Stream.of(key);
        case Metric metric -> Stream.of(metric.key());
        case OfScore _ -> Stream.empty();
        case OfOutput _ -> Stream.empty();
      };
    }
  }
}
