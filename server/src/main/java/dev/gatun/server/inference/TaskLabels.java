package dev.gatun.server.inference;

import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Labels;
import dev.gatun.router.port.TextTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Labels of the user's classifiers in the words that rules use. Published models write some of them
 * otherwise (spec classifiers §1.2).
 */
final class TaskLabels {
  /** What published feedback and fact-check models call their labels, in small letters. */
  private static final Map<String, String> OTHERWISE =
      Map.of(
          "sat", "satisfied",
          "fact_check_needed", "needs_fact_check");

  private TaskLabels() {}

  /**
   * The labels of a model for a task.
   *
   * @param folder of the model, for messages
   * @throws InferenceException.Refused when it lacks one that rules ask for
   */
  static List<String> of(TextTask task, Labels labels, Path folder) {
    List<String> words =
        switch (task) {
          case DOMAIN -> labels.names();
          case MODALITY ->
              labels.names().stream().map(name -> name.toUpperCase(Locale.ROOT)).toList();
          case FACT_CHECK, JAILBREAK, USER_FEEDBACK ->
              labels.names().stream().map(TaskLabels::word).toList();
        };
    List<String> missing = new ArrayList<>(needed(task));
    missing.removeAll(words);
    if (!missing.isEmpty() || words.stream().distinct().count() < words.size()) {
      throw new InferenceException.Refused(
          folder,
          "its labels are "
              + labels.names()
              + "; a model for "
              + task.word()
              + " has "
              + String.join(", ", needed(task)));
    }
    return words;
  }

  private static String word(String label) {
    String word = label.toLowerCase(Locale.ROOT).replace(' ', '_').replace('-', '_');
    return OTHERWISE.getOrDefault(word, word);
  }

  /** Labels without which rules could never match. */
  private static List<String> needed(TextTask task) {
    return switch (task) {
      case DOMAIN -> List.of();
      case FACT_CHECK -> List.of("needs_fact_check", "no_fact_check_needed");
      case JAILBREAK -> List.of("jailbreak");
      case MODALITY -> List.of("AR", "DIFFUSION", "BOTH");
      case USER_FEEDBACK ->
          List.of("satisfied", "need_clarification", "wrong_answer", "want_different");
    };
  }

  /** What a task looks for, so that the worst window of a text counts; others are averaged. */
  static Optional<String> alarm(String task) {
    return Optional.of(task).filter("jailbreak"::equals);
  }
}
