package dev.gatun.router.signal;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.TextTask;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The classifiers of one request: the first question about a text asks what every family wants to
 * know of it, so that it is read once. Safe for use by many threads, which wait for each other.
 */
final class RequestEncoders implements Encoders {
  private final Encoders encoders;
  private final Map<String, Set<TextTask>> expected;
  private final Map<String, Map<TextTask, Answer<Distribution>>> known = new HashMap<>();

  /**
   * Classifiers of a request.
   *
   * @param expected tasks that will be asked, by text
   */
  RequestEncoders(Encoders encoders, Map<String, Set<TextTask>> expected) {
    this.encoders = encoders;
    this.expected = expected;
  }

  @Override
  public List<String> labels(TextTask task) {
    return encoders.labels(task);
  }

  @Override
  public synchronized Answer<Map<TextTask, Distribution>> classify(
      String text, Set<TextTask> tasks) {
    Map<TextTask, Answer<Distribution>> answers =
        known.computeIfAbsent(text, _ -> new EnumMap<>(TextTask.class));
    if (!answers.keySet().containsAll(tasks)) {
      Set<TextTask> missing = EnumSet.copyOf(tasks);
      missing.addAll(expected.getOrDefault(text, Set.of()));
      missing.removeAll(answers.keySet());
      ask(text, missing, answers);
    }
    Map<TextTask, Distribution> all = new EnumMap<>(TextTask.class);
    for (TextTask task : tasks) {
      switch (answers.get(task)) {
        case Answer.Known<Distribution>(Distribution distribution) -> all.put(task, distribution);
        case Answer.Failed<Distribution>(String reason) -> {
          return Answer.failed(reason);
        }
        case null -> throw new IllegalStateException("no answer for " + task);
      }
    }
    return Answer.of(all);
  }

  /** Tasks without a classifier fail by themselves and leave the others their answers. */
  private void ask(String text, Set<TextTask> tasks, Map<TextTask, Answer<Distribution>> answers) {
    Set<TextTask> there = EnumSet.noneOf(TextTask.class);
    for (TextTask task : tasks) {
      if (encoders.labels(task).isEmpty()) {
        answers.put(task, Answer.failed("no classifier is loaded for " + task.word()));
      } else {
        there.add(task);
      }
    }
    if (there.isEmpty()) {
      return;
    }
    switch (encoders.classify(text, there)) {
      case Answer.Known<Map<TextTask, Distribution>>(var found) ->
          found.forEach((task, distribution) -> answers.put(task, Answer.of(distribution)));
      case Answer.Failed<Map<TextTask, Distribution>>(String reason) ->
          there.forEach(task -> answers.put(task, Answer.failed(reason)));
    }
  }
}
