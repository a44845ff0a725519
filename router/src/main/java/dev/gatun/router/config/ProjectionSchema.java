package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.keys;
import static dev.gatun.router.config.Shape.list;
import static dev.gatun.router.config.Shape.real;
import static dev.gatun.router.config.Shape.runs;
import static dev.gatun.router.config.Shape.text;
import static dev.gatun.router.config.Shape.texts;
import static dev.gatun.router.config.Shape.word;

import dev.gatun.router.config.Shape.Field;
import dev.gatun.router.config.Shape.Keys;

/** Keys under {@code routing.projections}. */
final class ProjectionSchema {
  private static final Field[] NAMED = {runs("name", text()), runs("description", text())};

  static final Keys SCORE_INPUT =
      keys(
          Shape.each(text(), "type", "name", "kb", "metric"),
          Shape.each(real(), "weight", "match", "miss"),
          new Field[] {
            runs("value_source", word("binary", "confidence", "raw", "score")),
            runs("when", DecisionSchema.RULE)
          });

  static final Keys PROJECTIONS =
      keys(
          runs("partitions", list(partition())),
          runs("scores", list(score())),
          runs("mappings", list(mapping())));

  private ProjectionSchema() {}

  private static Keys partition() {
    return keys(
        NAMED,
        new Field[] {
          runs("semantics", word("exclusive", "softmax_exclusive", "softmax_all")),
          runs("members", texts()),
          runs("default", text()),
          runs("temperature", real())
        });
  }

  private static Keys score() {
    return keys(
        NAMED,
        new Field[] {
          runs("method", word("weighted_sum")),
          runs("inputs", list(SCORE_INPUT)),
          runs("clip", keys(runs("min", real()), runs("max", real()))),
          runs("normalize", word("sum_abs_weights"))
        });
  }

  private static Keys mapping() {
    Keys calibration = keys(runs("method", word("sigmoid_distance")), runs("slope", real()));
    Keys output =
        keys(new Field[] {runs("name", text())}, Shape.each(real(), "gt", "gte", "lt", "lte"));
    return keys(
        NAMED,
        new Field[] {
          runs("source", text()),
          runs("method", word("threshold_bands", "multi_emit")),
          runs("calibration", calibration),
          runs("outputs", list(output))
        });
  }
}
