package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.ModelFolder;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Plan;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.server.models.ModelCard;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/** One of the embedded classifiers, with what its card says. Safe for use by many threads. */
public final class TaskClassifier implements AutoCloseable {
  /** What a task looks for, where the card says that the worst window of a text counts. */
  private static final Map<String, String> ALARMS = Map.of("jailbreak", "jailbreak");

  private final Classifier classifier;
  private final Optional<String> alarm;
  private final OptionalDouble threshold;

  private TaskClassifier(Classifier classifier, Optional<String> alarm, OptionalDouble threshold) {
    this.classifier = classifier;
    this.alarm = alarm;
    this.threshold = threshold;
  }

  /**
   * Opens the classifier of a task.
   *
   * @throws dev.gatun.inference.InferenceException when it is missing, changed or unusable
   */
  public static TaskClassifier open(
      Inference inference, ModelStore store, String task, LoadOptions options) {
    ModelCard card = store.card(model(task));
    Optional<String> alarm =
        switch (card.pooling()) {
          case MEAN -> Optional.empty();
          case MAX -> Optional.of(Objects.requireNonNull(ALARMS.get(task), task));
        };
    ModelFolder folder = store.open(inference, model(task), options);
    int window = card.trainedTokens();
    double temperature = card.temperature().orElse(1);
    Classifier classifier =
        alarm
            .map(label -> Classifier.alarming(folder, window, temperature, label))
            .orElseGet(() -> Classifier.averaging(folder, window, temperature));
    return new TaskClassifier(classifier, alarm, card.threshold());
  }

  /** Name of the embedded model of a task. */
  static String model(String task) {
    return "gatun-" + task;
  }

  List<String> labels() {
    return classifier.labels();
  }

  ModelInfo info() {
    return classifier.folder().encoder().info();
  }

  Optional<Plan> plan(String text) {
    return classifier.plan(text);
  }

  /** Where its weights came from. */
  public WeightOrigin origin() {
    return classifier.folder().encoder().origin();
  }

  /** Probabilities of all labels. */
  public Answer<Distribution> classify(String text) {
    return classifier.classify(text);
  }

  /** The likeliest label; what is looked for only from the threshold of the card on. */
  public String label(Distribution distribution) {
    List<String> labels = distribution.labels();
    if (alarm.isPresent() && threshold.isPresent()) {
      int index = labels.indexOf(alarm.get());
      boolean found = distribution.probabilities().get(index) >= threshold.getAsDouble();
      return found ? alarm.get() : labels.get(1 - index);
    }
    return distribution.likeliest();
  }

  @Override
  public void close() {
    classifier.close();
  }
}
