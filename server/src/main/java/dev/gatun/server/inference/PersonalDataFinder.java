package dev.gatun.server.inference;

import dev.gatun.inference.Inference;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Plan;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.router.config.OwnModel;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.pii.PersonalData;
import dev.gatun.router.pii.TokenLabels;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Mentions;
import dev.gatun.router.signal.Family;
import dev.gatun.server.models.ModelCard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

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
    return new PersonalDataFinder(
        TokenClassifier.open(trunk, card), rules(Optional.of(card), compatibility));
  }

  /**
   * Opens a classifier of the user in place of the embedded one; the exact recognisers stay.
   *
   * @throws dev.gatun.inference.InferenceException when it is missing, changed or unusable
   */
  public static PersonalDataFinder own(Trunks trunks, OwnModel own, Compatibility compatibility) {
    Trunks.OwnTokens tokens = trunks.tokens(own);
    try {
      Optional<ModelCard> card = OwnFolders.card(tokens.folder());
      return new PersonalDataFinder(TokenClassifier.own(tokens, card), rules(card, compatibility));
    } catch (RuntimeException | Error e) {
      tokens.scoring().close();
      throw e;
    }
  }

  private static PersonalData rules(Optional<ModelCard> card, Compatibility compatibility) {
    return new PersonalData(
        card.map(ModelCard::thresholds).orElse(Map.of()),
        card.map(ModelCard::threshold).orElse(OptionalDouble.empty()).orElse(THRESHOLD),
        compatibility);
  }

  /** Opens trunk and classifier. */
  public static PersonalDataFinder open(
      Inference inference, ModelStore store, LoadOptions options) {
    try (Trunk trunk = Trunk.open(inference, store, options)) {
      return open(trunk, Compatibility.GATUN);
    }
  }

  /**
   * How the tokens of a text are labelled; empty when it cannot be read.
   *
   * @param model name of the classifier
   */
  public Optional<EncoderPlan> plan(String model, String text) {
    return Reading.answer(() -> classifier.plan(text))
        .<Optional<Plan>>fold(Optional::of, _ -> Optional.empty())
        .map(plan -> EncoderPlans.of(model, List.of(Family.PII.type()), plan));
  }

  /** What computes the labels of tokens. */
  public Trunk trunk() {
    return classifier.trunk();
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
