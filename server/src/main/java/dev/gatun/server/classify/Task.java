package dev.gatun.server.classify;

import dev.gatun.server.exchange.AnswerColumn;
import java.util.Set;

/**
 * A question that {@code gatun classify} answers about every row. Each kind is a file of its own;
 * {@link Tasks} lists them.
 */
public sealed interface Task
    permits CacheTask,
        HallucinationTask,
        HeadTask,
        LabelTask,
        LanguageTask,
        PiiTask,
        SelectionTask,
        ToolsTask {
  /** The word after {@code --task}. */
  String name();

  /** What a row holds and what is answered, for the help. */
  String form();

  /** The members of answers that a table of them has columns for. */
  Set<AnswerColumn> columns();

  /**
   * Opens what answering needs.
   *
   * @throws dev.gatun.inference.InferenceException when a model is missing, changed or unusable
   */
  Predictor open(Resources resources);
}
