package dev.gatun.server.inference;

import dev.gatun.inference.InferenceException;
import dev.gatun.router.config.OwnModel;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.TextTask;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The router's encoder port over the native engine: the embedded classifiers and those of the user,
 * tasks of the trunks that they are over. All tasks of one trunk are answered by one native call;
 * trunks are asked one after another, because the lanes of the engine are shared anyway. Owns the
 * tasks and holds the trunks. Safe for use by many threads.
 */
public final class NativeEncoders implements Encoders, AutoCloseable {
  private final Map<Trunk, TaskTrunk> trunks = new LinkedHashMap<>();
  private final Map<TextTask, TaskTrunk> byTask = new EnumMap<>(TextTask.class);

  private NativeEncoders() {}

  /** Name of the embedded model of a task. */
  public static String model(TextTask task) {
    return TaskTrunk.model(task.word());
  }

  /**
   * Opens the classifiers of some tasks.
   *
   * @param own those of the user; other tasks are done by embedded ones
   * @param compatibility whose probabilities they give: upstream's are not calibrated
   * @param refused is told every task that cannot be opened, and why
   */
  public static NativeEncoders open(
      Trunks trunks,
      Collection<TextTask> tasks,
      Map<TextTask, OwnModel> own,
      Compatibility compatibility,
      BiConsumer<TextTask, InferenceException> refused) {
    NativeEncoders opened = new NativeEncoders();
    for (TextTask task : tasks.stream().sorted().toList()) {
      try {
        OwnModel model = own.get(task);
        if (model == null) {
          opened.over(trunks.embedded(), task).add(task.word(), compatibility);
        } else {
          Trunks.OwnHead head = trunks.classifier(model, task);
          opened.over(head.trunk(), task).add(head.head(), compatibility);
        }
      } catch (InferenceException e) {
        opened.byTask.remove(task);
        refused.accept(task, e);
      }
    }
    return opened;
  }

  private TaskTrunk over(Trunk trunk, TextTask task) {
    TaskTrunk tasks = trunks.computeIfAbsent(trunk, TaskTrunk::over);
    byTask.put(task, tasks);
    return tasks;
  }

  /** What computes for a task; empty for one that was not opened. */
  public Optional<Trunk> trunk(TextTask task) {
    return Optional.ofNullable(byTask.get(task)).map(TaskTrunk::trunk);
  }

  @Override
  public List<String> labels(TextTask task) {
    TaskTrunk trunk = byTask.get(task);
    return trunk == null ? List.of() : trunk.head(task.word()).labels();
  }

  @Override
  public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
    for (TextTask task : tasks) {
      if (!byTask.containsKey(task)) {
        return Answer.failed("no classifier is loaded for " + task.word());
      }
    }
    Map<TextTask, Distribution> answers = new EnumMap<>(TextTask.class);
    for (Map.Entry<TaskTrunk, List<TextTask>> group : groups(tasks).entrySet()) {
      switch (group.getKey().classify(text, words(group.getValue()))) {
        case Answer.Known<Map<String, Distribution>>(Map<String, Distribution> known) ->
            group
                .getValue()
                .forEach(t -> answers.put(t, Objects.requireNonNull(known.get(t.word()))));
        case Answer.Failed<Map<String, Distribution>> failure -> {
          return failure.again();
        }
      }
    }
    return Answer.of(answers);
  }

  /** The tasks that some trunk does, by trunk. */
  private Map<TaskTrunk, List<TextTask>> groups(Set<TextTask> tasks) {
    Map<TaskTrunk, List<TextTask>> groups = new LinkedHashMap<>();
    for (TaskTrunk trunk : trunks.values()) {
      List<TextTask> done =
          tasks.stream().sorted().filter(task -> byTask.get(task) == trunk).toList();
      if (!done.isEmpty()) {
        groups.put(trunk, done);
      }
    }
    return groups;
  }

  private static List<String> words(List<TextTask> tasks) {
    return tasks.stream().map(TextTask::word).toList();
  }

  @Override
  public List<EncoderPlan> plans(String text, Set<TextTask> tasks) {
    return groups(tasks).entrySet().stream()
        .flatMap(group -> {
          TaskTrunk trunk = group.getKey();
          List<String> words = words(group.getValue());
          return trunk
              .plan(text, words)
              .map(plan -> EncoderPlans.of(trunk.model(words), words, plan))
              .stream();
        })
        .toList();
  }

  @Override
  public void close() {
    trunks.values().forEach(TaskTrunk::close);
  }
}
