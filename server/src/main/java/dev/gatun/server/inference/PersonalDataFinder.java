package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.pii.PersonalData;
import dev.gatun.router.pii.TokenLabels;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Mentions;
import dev.gatun.server.models.ModelCard;

/**
 * Finds personal data with the embedded classifier of tokens and the exact recognisers. Safe for
 * use by many threads.
 */
public final class PersonalDataFinder implements Mentions, AutoCloseable {
  /** Name of the classifier. */
  public static final String MODEL = TaskTrunk.model("pii");

  private static final double THRESHOLD = 0.5;

  private final TokenClassifier classifier;
  private final PersonalData rules;

  private PersonalDataFinder(TokenClassifier classifier, PersonalData rules) {
    this.classifier = classifier;
    this.rules = rules;
  }

  /**
   * Opens the classifier.
   *
   * @param compatibility how scores are made of those of tokens
   * @throws dev.gatun.inference.InferenceException when it is missing, changed or unusable
   */
  public static PersonalDataFinder open(Trunk trunk, Compatibility compatibility) {
    ModelCard card = trunk.card(MODEL);
    PersonalData rules =
        new PersonalData(card.thresholds(), card.threshold().orElse(THRESHOLD), compatibility);
    return new PersonalDataFinder(TokenClassifier.open(trunk, card), rules);
  }

  /** Opens trunk and classifier. */
  public static PersonalDataFinder open(
      Inference inference, ModelStore store, LoadOptions options) {
    try (Trunk trunk = Trunk.open(inference, store, options)) {
      return open(trunk, Compatibility.GATUN);
    }
  }

  /** Where its weights came from. */
  public WeightOrigin origin() {
    return classifier.origin();
  }

  /** The mentions of a text, all of whose tokens are read in windows. The calling thread waits. */
  @Override
  public Answer<Found> find(String text) {
    return Reading.answer(() -> {
      TokenLabels labels = classifier.classify(text);
      return new Found(rules.find(text, labels), new Coverage(labels.size(), labels.size()));
    });
  }

  @Override
  public void close() {
    classifier.close();
  }
}
