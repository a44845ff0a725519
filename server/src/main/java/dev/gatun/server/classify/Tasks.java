package dev.gatun.server.classify;

import dev.gatun.server.inference.TaskTrunk;
import java.util.List;
import java.util.Optional;

/** All tasks of this build. */
public final class Tasks {
  private static final List<Task> ALL =
      List.of(
          new LabelTask("domain"),
          new LabelTask("jailbreak"),
          new PiiTask(),
          new LabelTask("fact_check"),
          new LabelTask("user_feedback"),
          new LabelTask("modality"),
          new LabelTask("complexity"),
          new LabelTask("intent"),
          new LanguageTask(),
          new CacheTask(),
          new ToolsTask(),
          new HallucinationTask(),
          new SelectionTask());

  private Tasks() {}

  /** Every task, in the order of the documentation. */
  public static List<Task> all() {
    return ALL;
  }

  /** The names of all tasks. */
  public static List<String> names() {
    return ALL.stream().map(Task::name).toList();
  }

  /** The task that a model which comes with Gatun is for; empty for one of no task. */
  public static Optional<Task> of(String model) {
    return ALL.stream().filter(task -> TaskTrunk.model(task.name()).equals(model)).findFirst();
  }

  /** The task of a name. */
  public static Optional<Task> named(String name) {
    return ALL.stream().filter(task -> task.name().equals(name)).findFirst();
  }
}
