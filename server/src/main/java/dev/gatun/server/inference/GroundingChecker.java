package dev.gatun.server.inference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.inference.Inference;
import dev.gatun.inference.InferenceException;
import dev.gatun.inference.LoadOptions;
import dev.gatun.inference.Precision;
import dev.gatun.inference.TaskFolder;
import dev.gatun.inference.WeightOrigin;
import dev.gatun.router.grounding.Comparison;
import dev.gatun.router.grounding.Grounding;
import dev.gatun.router.grounding.GroundingJudge;
import dev.gatun.router.grounding.GroundingNetwork;
import dev.gatun.router.grounding.PairChances;
import dev.gatun.router.grounding.Verdict;
import dev.gatun.router.port.Answer;
import dev.gatun.server.models.HeadTensors;
import dev.gatun.server.models.ModelBuildException;
import dev.gatun.server.models.ModelCard;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what parts of an answer its context does not support, with the embedded models. Safe for
 * use by many threads.
 */
public final class GroundingChecker implements AutoCloseable {
  /** Name of the classifier. */
  public static final String MODEL = TaskTrunk.model("hallucination");

  private static final int HIDDEN = GroundingNetwork.HIDDEN;
  private static final int WHOLE = GroundingNetwork.WHOLE;

  private final PairClassifier classifier;
  private final GroundingJudge judge;
  private final Precision precision;

  private GroundingChecker(PairClassifier classifier, GroundingJudge judge, Precision precision) {
    this.classifier = classifier;
    this.judge = judge;
    this.precision = precision;
  }

  /**
   * Opens the trunk, and the models over it.
   *
   * @throws InferenceException when a file is missing, changed or unusable, or a self-test fails
   */
  public static GroundingChecker open(Inference inference, ModelStore store, LoadOptions options) {
    try (Trunk trunk = Trunk.open(inference, store, options)) {
      return over(trunk);
    }
  }

  private static GroundingChecker over(Trunk trunk) {
    ModelCard card = trunk.card(MODEL);
    GroundingChecker opened =
        of(PairClassifier.open(trunk, card), trunk.path(MODEL), card, trunk.info().precision());
    try {
      ExchangeTest.read(trunk.path(MODEL)).ifPresent(test -> test.require(opened));
      return opened;
    } catch (InferenceException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Opens the checker of a folder, wherever it is, without its self-tests, for who asks what they
   * show.
   *
   * @throws InferenceException when a file is missing or unusable
   */
  public static GroundingChecker unverified(
      Inference inference, ModelStore store, Path folder, LoadOptions options) {
    ModelCard card =
        OwnFolders.card(folder)
            .orElseThrow(() -> new InferenceException.Refused(folder, "has no card.yaml"));
    FolderModel model = FolderModel.open(inference, store, folder, options);
    try (Trunk trunk = Trunk.of(store, FolderModel.base(folder, store), model.base())) {
      TaskFolder task =
          model
              .adapter()
              .orElseThrow(() -> new InferenceException.Refused(folder, "is no adapter"));
      return of(PairClassifier.of(trunk, task, card), folder, card, model.info().precision());
    }
  }

  private static GroundingChecker of(
      PairClassifier classifier, Path folder, ModelCard card, Precision precision) {
    try {
      return new GroundingChecker(classifier, judge(folder, card), precision);
    } catch (InferenceException e) {
      classifier.close();
      throw e;
    }
  }

  private static GroundingJudge judge(Path folder, ModelCard card) {
    try {
      HeadTensors tensors = HeadTensors.read(folder.resolve("evidence.safetensors"));
      JsonNode checker = Json.read(Files.readAllBytes(folder.resolve("checker.json")));
      return new GroundingJudge(
          new GroundingNetwork(weights(tensors), words(checker.path("frequent_words"))),
          joint(checker.path("joint")),
          verdict(card));
    } catch (IOException | ModelBuildException | IllegalArgumentException e) {
      throw new InferenceException.Refused(folder, "cannot be read; run ./gatun build", e);
    }
  }

  private static GroundingNetwork.Weights weights(HeadTensors tensors) {
    return new GroundingNetwork.Weights(
        tensors.rows("features", GroundingNetwork.FEATURES, HIDDEN),
        tensors.rows("whole", HIDDEN, WHOLE),
        tensors.rows("whole_bias", 1, HIDDEN)[0],
        tensors.rows("word", 1, HIDDEN)[0],
        tensors.rows("word_bias", 1, 1)[0][0],
        tensors.rows("answer", 1, HIDDEN + WHOLE)[0],
        tensors.rows("answer_bias", 1, 1)[0][0]);
  }

  private static List<String> words(JsonNode frequent) {
    List<String> words = new ArrayList<>();
    frequent.forEach(word -> words.add(word.asText()));
    return words;
  }

  private static GroundingJudge.Joint joint(JsonNode joint) {
    return new GroundingJudge.Joint(
        number(joint, "pair"),
        number(joint, "words"),
        number(joint, "missing"),
        number(joint, "constant"));
  }

  private static double number(JsonNode joint, String name) {
    if (!joint.path(name).isNumber()) {
      throw new IllegalArgumentException("joint." + name + " is no number");
    }
    return joint.path(name).doubleValue();
  }

  private static Verdict verdict(ModelCard card) {
    return new Verdict(
        card.threshold()
            .orElseThrow(() -> new IllegalArgumentException("the card has no threshold")),
        card.thresholds().getOrDefault("opens", 0.0),
        card.thresholds().getOrDefault("continues", 0.0));
  }

  /**
   * Compares an answer with its context. The calling thread waits.
   *
   * @param question what was asked; may be empty
   */
  public Grounding check(String context, String question, String answer) {
    return Comparison.of(context, question, answer).fold(this::judged, Grounding.NotChecked::new);
  }

  private Grounding judged(Comparison comparison) {
    Answer<PairChances> chances = Reading.answer(() -> classifier.classify(comparison));
    return chances.fold(known -> judge.judge(comparison, known), Grounding.NotChecked::new);
  }

  /** The score of an answer, then the chances of its words: what a self-test compares. */
  double[] probe(ExchangeTest.Exchange exchange) {
    Comparison comparison =
        Reading.known(Comparison.of(exchange.context(), exchange.question(), exchange.answer()));
    return judge.chances(
        comparison, Reading.known(Reading.answer(() -> classifier.classify(comparison))));
  }

  /** Of the encoder. */
  Precision precision() {
    return precision;
  }

  /** Where the weights came from. */
  public WeightOrigin origin() {
    return classifier.origin();
  }

  @Override
  public void close() {
    classifier.close();
  }
}
