package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.ModelFolder;
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
    String model = "gatun-" + task;
    ModelCard card = store.card(model);
    ModelFolder folder = store.open(inference, model, options);
    int window = card.trainedTokens();
    double temperature = card.temperature().orElse(1);
    return switch (card.pooling()) {
      case MEAN ->
          new TaskClassifier(
              Classifier.averaging(folder, window, temperature),
              Optional.empty(),
              card.threshold());
      case MAX -> {
        String alarm = Objects.requireNonNull(ALARMS.get(task), task);
        yield new TaskClassifier(
            Classifier.alarming(folder, window, temperature, alarm),
            Optional.of(alarm),
            card.threshold());
      }
    };
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
    int best = 0;
    for (int i = 1; i < labels.size(); i++) {
      if (distribution.probabilities().get(i) > distribution.probabilities().get(best)) {
        best = i;
      }
    }
    return labels.get(best);
  }

  @Override
  public void close() {
    classifier.close();
  }
}
