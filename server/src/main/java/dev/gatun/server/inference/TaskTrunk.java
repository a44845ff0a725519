package dev.gatun.server.inference;

import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Plan;
import dev.gatun.inference.TaskFolder;
import dev.gatun.inference.tokenize.Tokens;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Distribution;
import dev.gatun.server.models.ModelCard;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Sequence classifiers over one trunk. The text is tokenized once and one native call serves all
 * tasks that are asked, so that what they share is computed once. A text longer than a task's
 * window is read in overlapping windows; their probabilities are averaged, weighted by tokens, or
 * those of the most alarming window count. Of a text that needs more than {@value #WINDOWS_MAX}
 * windows, that many are read, spread evenly from the first to the last, and the answer says how
 * many tokens that were: the cost of one request is bounded. Owns the tasks and holds the trunk.
 * Safe for use by many threads.
 */
public final class TaskTrunk implements AutoCloseable {
  /** With windows of 160 tokens, 20 000 tokens: about as long as a prompt with documents gets. */
  static final int WINDOWS_MAX = 128;

  private final Trunk trunk;
  private final Map<String, TaskHead> heads = new LinkedHashMap<>();

  private TaskTrunk(Trunk trunk) {
    this.trunk = trunk.held();
  }

  /**
   * Opens the adapters of some tasks.
   *
   * @throws InferenceException when something is missing, changed or unusable
   */
  public static TaskTrunk open(Trunk trunk, List<String> tasks) {
    TaskTrunk opened = new TaskTrunk(trunk);
    try {
      tasks.forEach(task -> opened.add(task, Compatibility.GATUN));
      return opened;
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /** Without a task yet. */
  static TaskTrunk over(Trunk trunk) {
    return new TaskTrunk(trunk);
  }

  /**
   * Adds the embedded classifier of a task.
   *
   * @param compatibility whether its probabilities are calibrated
   * @throws InferenceException when something is missing, changed or unusable
   */
  void add(String task, Compatibility compatibility) {
    ModelCard card = trunk.card(model(task));
    TaskFolder folder = trunk.task(card);
    try {
      Path path = trunk.path(card.name());
      add(TaskHead.of(task, folder, path, card, trunk.info().positionsMax()), compatibility);
    } catch (RuntimeException | Error e) {
      folder.close();
      throw e;
    }
  }

  /**
   * Adds a head over this trunk, which it owns from now on.
   *
   * @param compatibility whether its probabilities are calibrated
   */
  void add(TaskHead head, Compatibility compatibility) {
    heads.put(
        head.task(),
        switch (compatibility) {
          case GATUN -> head;
          case UPSTREAM_0_3 -> head.uncalibrated();
        });
  }

  /** Name of the embedded model of a task. */
  public static String model(String task) {
    return "gatun-" + task;
  }

  Trunk trunk() {
    return trunk;
  }

  /** Name of the model that does some of its tasks: the trunk, where it is more than one. */
  String model(List<String> tasks) {
    return trunk.name().equals(Trunk.MODEL) && tasks.size() == 1
        ? model(tasks.getFirst())
        : trunk.name();
  }

  /** Whether the task was opened. */
  boolean has(String task) {
    return heads.containsKey(task);
  }

  TaskHead head(String task) {
    TaskHead head = heads.get(task);
    if (head == null) {
      throw new IllegalArgumentException(task + " is not among " + heads.keySet());
    }
    return head;
  }

  /**
   * Probabilities of all labels of each task. The calling thread waits; an interrupt withdraws the
   * request.
   */
  public Answer<Map<String, Distribution>> classify(String text, Collection<String> tasks) {
    List<TaskHead> asked = tasks.stream().map(this::head).toList();
    return Reading.answer(() -> classify(text, trunk.encode(text), asked));
  }

  /** How a text is computed; empty when it cannot be read, which {@link #classify} explains. */
  Optional<Plan> plan(String text, Collection<String> tasks) {
    List<TaskHead> asked = tasks.stream().map(this::head).toList();
    return Reading.answer(
            () -> {
              WindowCall call = WindowCall.of(trunk.encode(text), asked, WINDOWS_MAX).getFirst();
              return trunk.encoder().plan(call.batch(), call.outputs());
            })
        .fold(Optional::of, _ -> Optional.empty());
  }

  private Map<String, Distribution> classify(String text, Tokens tokens, List<TaskHead> asked)
      throws InterruptedException {
    Map<String, WindowScores> scores = new LinkedHashMap<>();
    asked.forEach(head -> scores.put(head.task(), head.scores()));
    for (WindowCall call : WindowCall.of(tokens, asked, WINDOWS_MAX)) {
      call.add(Calls.encode(trunk.encoder(), call.batch(), call.outputs()), text, scores);
    }
    boolean wordsCount = asked.stream().anyMatch(head -> head.hearsText());
    WordFeatures features = WordFeatures.of(wordsCount ? text : "");
    Map<String, Distribution> answers = new LinkedHashMap<>();
    for (TaskHead head : asked) {
      WindowScores all = Objects.requireNonNull(scores.get(head.task()));
      int read = (int) Math.min(all.tokens(), tokens.total());
      answers.put(
          head.task(),
          new Distribution(
              head.labels(),
              head.probabilities(all, features),
              all.raw(),
              new Coverage(read, tokens.total())));
    }
    return answers;
  }

  @Override
  public void close() {
    heads.values().forEach(head -> head.scoring().close());
    trunk.close();
  }
}
