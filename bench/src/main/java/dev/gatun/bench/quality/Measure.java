package dev.gatun.bench.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.bench.report.Chart;
import java.util.List;
import java.util.Map;

/** What is known about one task after some rows. Used by one thread. */
interface Measure {
  /**
   * Takes one answer.
   *
   * @param row of the dev file, with what was wanted
   * @param answer of the task
   */
  void add(JsonNode row, JsonNode answer);

  /** The figures of the table, by their names, in their order. */
  Map<String, Double> headline();

  /** All figures. */
  void into(ObjectNode json);

  /** Pictures, by the end of their file's name. */
  Map<String, Chart> charts();

  /** The measure of a task. */
  static Measure of(String task) {
    return switch (task) {
      case "pii" -> new SpanMeasure();
      case "hallucination" -> new GroundingMeasure();
      case "cache" -> new PairMeasure();
      case "tools" -> new RankingMeasure();
      default -> new LabelMeasure(task);
    };
  }

  /** Thresholds at which curves are drawn. */
  static List<Double> steps() {
    return java.util.stream.IntStream.rangeClosed(0, 20).mapToObj(i -> i / 20.0).toList();
  }
}
