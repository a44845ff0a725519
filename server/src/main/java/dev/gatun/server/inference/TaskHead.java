package dev.gatun.server.inference;

import dev.gatun.inference.InferenceException;
import dev.gatun.inference.Labels;
import dev.gatun.inference.TaskFolder;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.TextTask;
import dev.gatun.server.models.ModelCard;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * One of several classifiers over a trunk: what scores its labels and what its card says.
 *
 * @param labels in the order of the scores
 * @param windowTokens tokens of a window, special tokens included
 * @param temperature divides logits before the softmax; more than 0
 * @param words what the words of a text say besides, where the card lets them count
 * @param sharpness how much surer alarms are than the temperature has them
 * @param alarm what is looked for, where the worst window of a text counts
 * @param guarded the label that counts from the threshold on and not below: the alarm, or none of
 *     the other labels
 * @param threshold probability from which that is the label
 */
record TaskHead(
    String task,
    Scoring scoring,
    List<String> labels,
    int windowTokens,
    double temperature,
    Optional<WordVote> words,
    Optional<Sharpness> sharpness,
    Optional<String> alarm,
    Optional<String> guarded,
    OptionalDouble threshold) {
  /** What a task says of a text that is none of its other labels. */
  private static final Map<String, String> NONES = Map.of("intent", "oos");

  TaskHead {
    labels = List.copyOf(labels);
    if (windowTokens < 1 || !(temperature > 0)) {
      throw new IllegalArgumentException(
          "windows of " + windowTokens + " tokens, temperature " + temperature);
    }
  }

  /**
   * The head of a task as its card describes it.
   *
   * @param path of the folder
   * @param positionsMax of the trunk
   */
  static TaskHead of(String task, TaskFolder folder, Path path, ModelCard card, int positionsMax) {
    return carded(
        task, new Scoring.Adapter(folder), folder.labels().names(), path, card, positionsMax);
  }

  /**
   * The head of a model of the user.
   *
   * @param path of the folder that the scores are of
   * @param positionsMax of the trunk
   * @throws InferenceException.Refused when its labels are not those of the task, or its card is
   *     damaged
   */
  static TaskHead own(TextTask task, Scoring scoring, Labels labels, Path path, int positionsMax) {
    List<String> names = TaskLabels.of(task, labels, path);
    Optional<ModelCard> card = OwnFolders.card(path);
    if (card.isPresent()) {
      return carded(task.word(), scoring, names, path, card.get(), positionsMax);
    }
    Optional<String> alarm = TaskLabels.alarm(task.word());
    return new TaskHead(
        task.word(),
        scoring,
        names,
        Math.min(OwnFolders.trainedTokens(path, OwnFolders.CLASSIFIER_TOKENS), positionsMax),
        1,
        Optional.empty(),
        Optional.empty(),
        alarm,
        alarm,
        OptionalDouble.empty());
  }

  private static TaskHead carded(
      String task,
      Scoring scoring,
      List<String> labels,
      Path path,
      ModelCard card,
      int positionsMax) {
    Optional<String> alarm = alarm(task, labels, card);
    return new TaskHead(
        task,
        scoring,
        labels,
        Math.min(card.trainedTokens(), positionsMax),
        card.temperature().orElse(1),
        words(path, labels, card),
        alarm.flatMap(label -> Sharpness.of(card, labels.indexOf(label))),
        alarm,
        alarm.or(() -> none(task, labels)),
        card.threshold());
  }

  /** The same with the probabilities as the encoder gives them. */
  TaskHead uncalibrated() {
    return new TaskHead(
        task, scoring, labels, windowTokens, 1, words, Optional.empty(), alarm, guarded, threshold);
  }

  static Optional<WordVote> words(Path folder, List<String> labels, ModelCard card) {
    return card.words().isEmpty()
        ? Optional.empty()
        : Optional.of(WordVote.read(folder, card.words().getAsDouble(), labels));
  }

  private static Optional<String> alarm(String task, List<String> labels, ModelCard card) {
    return switch (card.pooling()) {
      case MEAN -> Optional.empty();
      case MAX -> {
        Optional<String> alarm = TaskLabels.alarm(task).filter(labels::contains);
        if (alarm.isEmpty()) {
          throw new InferenceException.Refused(
              Path.of(card.name()),
              "windows.pooling is max, but no label of " + task + " is known as what it looks for");
        }
        yield alarm;
      }
    };
  }

  private static Optional<String> none(String task, List<String> labels) {
    return Optional.ofNullable(NONES.get(task)).filter(labels::contains);
  }

  /** Scores of no window yet. */
  WindowScores scores() {
    return new WindowScores(
        labels().size(),
        alarm.map(label -> OptionalInt.of(labels().indexOf(label))).orElseGet(OptionalInt::empty));
  }

  /** Whether the words of the whole text count, not those of each window. */
  boolean hearsText() {
    return words.isPresent() && alarm.isEmpty();
  }

  /**
   * Probabilities of the labels in one window. Where the most alarming window speaks for the text,
   * its own words count: those of a long document would outvote an order planted in it.
   *
   * @param encoder what the encoder says
   * @param features of the text of the window, asked for where they count
   */
  double[] ofWindow(double[] encoder, Supplier<WordFeatures> features) {
    return words.isPresent() && alarm.isPresent()
        ? words.get().mixed(encoder, features.get())
        : encoder;
  }

  /**
   * Probabilities of the labels.
   *
   * @param windows what all windows say
   * @param features of the whole text, read where {@link #hearsText}
   */
  List<Double> probabilities(WindowScores windows, WordFeatures features) {
    List<Double> pooled = windows.probabilities();
    if (hearsText()) {
      double[] encoder = pooled.stream().mapToDouble(Double::doubleValue).toArray();
      return Arrays.stream(words.orElseThrow().mixed(encoder, features)).boxed().toList();
    }
    return sharpness.map(each -> each.of(pooled)).orElse(pooled);
  }

  /** The likeliest label; a guarded one from the threshold of the card on, and never below. */
  String label(Distribution distribution) {
    if (guarded.isEmpty() || threshold.isEmpty()) {
      return distribution.likeliest();
    }
    int index = labels().indexOf(guarded.get());
    return distribution.probabilities().get(index) >= threshold.getAsDouble()
        ? guarded.get()
        : distribution.likeliestBut(guarded.get());
  }
}
