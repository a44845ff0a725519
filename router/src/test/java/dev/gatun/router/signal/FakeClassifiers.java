package dev.gatun.router.signal;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.TextTask;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Classifiers that say what they were told, and remember what they were asked. */
final class FakeClassifiers implements Encoders {
  private static final Map<TextTask, List<String>> LABELS =
      Map.of(
          TextTask.DOMAIN, List.of("law", "math", "other"),
          TextTask.FACT_CHECK, List.of("no_fact_check_needed", "needs_fact_check"),
          TextTask.JAILBREAK, List.of("benign", "jailbreak"),
          TextTask.MODALITY, List.of("AR", "DIFFUSION", "BOTH"),
          TextTask.USER_FEEDBACK, UserFeedback.LABELS);

  private final Map<TextTask, Map<String, List<Double>>> answers = new EnumMap<>(TextTask.class);
  private final List<String> asked = new ArrayList<>();
  private String unreadable = "";

  /** What a task says of texts that hold a word; the empty word is in all texts. */
  FakeClassifiers say(TextTask task, String word, Double... probabilities) {
    answers.computeIfAbsent(task, _ -> new HashMap<>()).put(word, List.of(probabilities));
    return this;
  }

  /** Texts that hold a word cannot be read. */
  FakeClassifiers failOn(String word) {
    unreadable = word;
    return this;
  }

  /** Each call: the tasks in alphabetical order, and the text. */
  List<String> asked() {
    return asked;
  }

  @Override
  public List<String> labels(TextTask task) {
    return answers.containsKey(task) ? LABELS.getOrDefault(task, List.of()) : List.of();
  }

  @Override
  public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
    Set<String> words = new TreeSet<>();
    tasks.forEach(task -> words.add(task.word()));
    asked.add(String.join(" ", words) + ": " + text);
    if (!unreadable.isEmpty() && text.contains(unreadable)) {
      return Answer.failed("unreadable");
    }
    Map<TextTask, Distribution> all = new EnumMap<>(TextTask.class);
    for (TextTask task : tasks) {
      List<Double> found = List.of();
      for (Map.Entry<String, List<Double>> rule : answers.getOrDefault(task, Map.of()).entrySet()) {
        boolean isMoreSpecial = found.isEmpty() || !rule.getKey().isEmpty();
        found = text.contains(rule.getKey()) && isMoreSpecial ? rule.getValue() : found;
      }
      all.put(task, Distribution.of(labels(task), found));
    }
    return Answer.of(all);
  }
}
