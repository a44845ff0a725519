package dev.gatun.server.inference;

import dev.gatun.inference.InferenceException;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.TextTask;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The router's encoder port over the native engine: the embedded classifiers, tasks of one trunk.
 * Owns the tasks and holds the trunk. Safe for use by many threads.
 */
public final class NativeEncoders implements Encoders, AutoCloseable {
  private final TaskTrunk trunk;

  private NativeEncoders(TaskTrunk trunk) {
    this.trunk = trunk;
  }

  /** Name of the model of a task. */
  public static String model(TextTask task) {
    return TaskTrunk.model(task.word());
  }

  /**
   * Opens the classifiers of some tasks.
   *
   * @param compatibility whose probabilities they give: upstream's are not calibrated
   * @param refused is told the model of every task that cannot be opened, and why
   */
  public static NativeEncoders open(
      Trunk trunk,
      Collection<TextTask> tasks,
      Compatibility compatibility,
      BiConsumer<String, String> refused) {
    List<String> words = tasks.stream().sorted().map(TextTask::word).toList();
    return new NativeEncoders(
        TaskTrunk.open(trunk, words, compatibility, (task, e) -> told(task, e, refused)));
  }

  private static void told(String task, InferenceException e, BiConsumer<String, String> refused) {
    refused.accept(TaskTrunk.model(task), String.valueOf(e.getMessage()));
  }

  @Override
  public List<String> labels(TextTask task) {
    return trunk.has(task.word()) ? trunk.head(task.word()).labels() : List.of();
  }

  @Override
  public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
    for (TextTask task : tasks) {
      if (!trunk.has(task.word())) {
        return Answer.failed("no classifier is loaded for " + task.word());
      }
    }
    return trunk
        .classify(text, tasks.stream().map(TextTask::word).toList())
        .map(answers -> {
          Map<TextTask, Distribution> byTask = new EnumMap<>(TextTask.class);
          tasks.forEach(t -> byTask.put(t, Objects.requireNonNull(answers.get(t.word()))));
          return byTask;
        });
  }

  @Override
  public List<EncoderPlan> plans(String text, Set<TextTask> tasks) {
    List<String> words = tasks.stream().sorted().map(TextTask::word).filter(trunk::has).toList();
    if (words.isEmpty()) {
      return List.of();
    }
    String model = words.size() == 1 ? TaskTrunk.model(words.getFirst()) : Trunk.MODEL;
    return trunk
        .plan(text, words)
        .map(plan ->
            new EncoderPlan(
                model,
                words,
                plan.name(),
                plan.layers(),
                plan.steps().getFirst().rows(),
                plan.cost(),
                plan.separate()))
        .stream()
        .toList();
  }

  @Override
  public void close() {
    trunk.close();
  }
}
