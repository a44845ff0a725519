package dev.gatun.router.projection;

import dev.gatun.router.projection.Partition.Semantics;
import dev.gatun.router.signal.Family;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the projections of one request computed, in the order of evaluation, with the values that
 * were used at that moment.
 */
public record ProjectionTrace(
    List<PartitionTrace> partitions,
    List<BoostTrace> boosts,
    List<ScoreTrace> scores,
    List<MappingTrace> mappings) {

  /** Of the layout below, as replays store it. */
  public static final String SCHEMA_VERSION = "1";

  public ProjectionTrace {
    partitions = List.copyOf(partitions);
    boosts = List.copyOf(boosts);
    scores = List.copyOf(scores);
    mappings = List.copyOf(mappings);
  }

  /** Nothing was computed. */
  public static ProjectionTrace none() {
    return new ProjectionTrace(List.of(), List.of(), List.of(), List.of());
  }

  /** The value of a score; empty when it was not computed. */
  public OptionalDouble score(String name) {
    return scores.stream()
        .filter(s -> s.name().equals(name))
        .mapToDouble(ScoreTrace::total)
        .findFirst();
  }

  /**
   * How a partition was decided.
   *
   * @param winnerScore the winner's confidence afterwards
   * @param rawWinnerScore and before
   * @param margin of the best before the second, of shares where there are any
   * @param defaultUsed whether nothing contended and the default was taken
   */
  public record PartitionTrace(
      String group,
      Family family,
      Semantics semantics,
      double temperature,
      List<Contender> contenders,
      String winner,
      double winnerScore,
      double rawWinnerScore,
      double margin,
      boolean defaultUsed) {
    public PartitionTrace {
      contenders = List.copyOf(contenders);
    }
  }

  /**
   * A member that matched.
   *
   * @param normalizedScore its share in the softmax, where one was computed
   */
  public record Contender(String name, double rawScore, OptionalDouble normalizedScore) {}

  /** What a boosting decision added, and to which score or domain. */
  public record BoostTrace(String decision, String target, double weight) {}

  /** A computed score. */
  public record ScoreTrace(String name, double total, List<InputTrace> inputs) {
    public ScoreTrace {
      inputs = List.copyOf(inputs);
    }
  }

  /**
   * One summand.
   *
   * @param contribution weight times value, before normalisation and limits
   */
  public record InputTrace(
      Score.Subject subject, double weight, double value, double contribution) {}

  /**
   * How a mapping was read.
   *
   * @param selected the outputs that were emitted, in order
   * @param confidence of the first of them, else 0
   * @param boundaryDistance of the first of them, else 0
   */
  public record MappingTrace(
      String mapping,
      String source,
      double score,
      List<String> selected,
      double confidence,
      double boundaryDistance,
      List<OutputTrace> outputs) {
    public MappingTrace {
      selected = List.copyOf(selected);
      outputs = List.copyOf(outputs);
    }

    /** The first output that was emitted. */
    public Optional<String> firstSelected() {
      return selected.stream().findFirst();
    }
  }

  /** One output of a mapping: whether the score lies in its range, and how far from its bounds. */
  public record OutputTrace(String name, boolean matched, double boundaryDistance) {}
}
