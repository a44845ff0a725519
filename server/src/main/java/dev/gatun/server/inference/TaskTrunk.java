package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.Plan;
import dev.gatun.inference.tokenize.Tokens;
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
 * many tokens that were: the cost of one request is bounded. Owns trunk and tasks. Safe for use by
 * many threads.
 */
public final class TaskTrunk implements AutoCloseable {
  /** With windows of 160 tokens, 20 000 tokens: about as long as a prompt with documents gets. */
  static final int WINDOWS_MAX = 128;

  private final ModelFolder trunk;
  private final TokenizerThreads tokenizer;
  private final Map<String, TaskHead> heads;

  private TaskTrunk(ModelFolder trunk, Map<String, TaskHead> heads) {
    this.trunk = trunk;
    this.tokenizer = new TokenizerThreads(trunk.tokenizer());
    this.heads = heads;
  }

  /**
   * Opens the trunk of some tasks and an adapter for each.
   *
   * @param tasks at least one, all over the same trunk
   * @throws InferenceException when something is missing, changed or unusable
   */
  public static TaskTrunk open(
      Inference inference, ModelStore store, List<String> tasks, LoadOptions options) {
    Map<String, ModelCard> cards = new LinkedHashMap<>();
    tasks.forEach(task -> cards.put(task, store.card(model(task))));
    ModelFolder trunk = store.open(inference, base(cards.values()), options);
    try {
      Map<String, TaskHead> heads = new LinkedHashMap<>();
      int positions = trunk.encoder().info().positionsMax();
      cards.forEach((task, card) ->
          heads.put(task, TaskHead.of(task, store.task(trunk, card.name()), card, positions)));
      return new TaskTrunk(trunk, heads);
    } catch (RuntimeException | Error e) {
      trunk.close();
      throw e;
    }
  }

  /** Name of the embedded model of a task. */
  static String model(String task) {
    return "gatun-" + task;
  }

  private static String base(Collection<ModelCard> cards) {
    List<String> bases = cards.stream().flatMap(card -> card.base().stream()).distinct().toList();
    if (bases.size() != 1) {
      throw new InferenceException.Refused(
          Path.of(cards.iterator().next().name()), "its tasks have the trunks " + bases);
    }
    return bases.getFirst();
  }

  /** The trunk; closed with this. */
  ModelFolder trunk() {
    return trunk;
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
    return Reading.answer(() -> classify(tokenizer.encode(text), asked));
  }

  /** How a text is computed; empty when it cannot be read, which {@link #classify} explains. */
  Optional<Plan> plan(String text, Collection<String> tasks) {
    List<TaskHead> asked = tasks.stream().map(this::head).toList();
    return Reading.answer(
            () -> {
              WindowCall call =
                  WindowCall.of(tokenizer.encode(text), asked, WINDOWS_MAX).getFirst();
              return trunk.encoder().plan(call.batch(), call.outputs());
            })
        .fold(Optional::of, _ -> Optional.empty());
  }

  private Map<String, Distribution> classify(Tokens tokens, List<TaskHead> asked)
      throws InterruptedException {
    Map<String, WindowScores> scores = new LinkedHashMap<>();
    asked.forEach(head -> scores.put(head.task(), head.scores()));
    for (WindowCall call : WindowCall.of(tokens, asked, WINDOWS_MAX)) {
      call.add(Calls.encode(trunk.encoder(), call.batch(), call.outputs()), scores);
    }
    Map<String, Distribution> answers = new LinkedHashMap<>();
    for (TaskHead head : asked) {
      WindowScores all = Objects.requireNonNull(scores.get(head.task()));
      int read = (int) Math.min(all.tokens(), tokens.total());
      answers.put(
          head.task(),
          new Distribution(head.labels(), all.probabilities(), new Coverage(read, tokens.total())));
    }
    return answers;
  }

  @Override
  public void close() {
    tokenizer.close();
    trunk.close();
  }
}
