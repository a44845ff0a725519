package dev.gatun.server.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * What is known about one model: the facts of its card that programs use. The card itself, with
 * data, licences, scores and limits for people, is {@code model-cards/NAME.yaml}, described by
 * {@code model-cards/schema.json}, and is kept as {@code card.yaml} beside the model.
 *
 * @param name folder name of the model
 * @param base card name of the trunk that the adapter belongs to; empty for a trunk
 * @param adapter folder of the adapter, relative to the cards; present exactly when base is
 * @param head folder of files that are no encoder model, relative to the cards; empty for a model
 * @param sources file name in the artifact to its SHA-256; empty for an adapted model
 * @param config the {@code config.json} of a trunk as a JSON object; empty for an adapted model
 * @param labels class names in the order of the classifier's rows; empty for an embedding model
 * @param maxTokens positions of the trunk
 * @param trainedTokens longest text seen in training, special tokens included
 * @param pooling how the windows of a longer text speak for it
 * @param temperature divides logits before softmax to calibrate them; empty when not calibrated
 * @param words how much the words of a text count beside the encoder, 0 to 1; empty when they do
 *     not
 * @param sharpness multiplies the log odds of the last label where it is likelier than not; empty
 *     when they stay, as they do without {@link WindowPooling#MAX}
 * @param threshold confidence from which a label counts; empty when the card states none
 * @param thresholds for a kind of span its own threshold, where the card states one
 * @param tokenTypes what the token types of the input say
 * @param digests produced file to the SHA-256 it must have
 */
public record ModelCard(
    String name,
    Optional<String> base,
    Optional<String> adapter,
    Optional<String> head,
    Map<String, String> sources,
    JsonNode config,
    List<String> labels,
    int maxTokens,
    int trainedTokens,
    WindowPooling pooling,
    OptionalDouble temperature,
    OptionalDouble words,
    OptionalDouble sharpness,
    OptionalDouble threshold,
    Map<String, Double> thresholds,
    TokenTypes tokenTypes,
    Map<String, String> digests) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the token types of the input say. */
  public enum TokenTypes {
    /** Which of two texts a token is of, as the tokenizer's template has it. */
    SEQUENCE,
    /** Letter case and blanks, which the tokenizer drops. */
    SHAPE
  }

  /** How the windows of a text longer than {@code trainedTokens} speak for it. */
  public enum WindowPooling {
    /** Probabilities are averaged, weighted by tokens. */
    MEAN,
    /** The window in which the last label is most likely speaks alone. */
    MAX
  }

  public ModelCard {
    if (name.isBlank() || base.isPresent() != adapter.isPresent()) {
      throw new IllegalArgumentException("a card has a name, and an adapter exactly with a base");
    }
    if (head.isPresent()
        ? base.isPresent() || config.isObject()
        : base.isPresent() == config.isObject()) {
      throw new IllegalArgumentException("a card has either a base, a head or its own config");
    }
    if (head.isEmpty() && (trainedTokens < 1 || maxTokens < trainedTokens)) {
      throw new IllegalArgumentException(
          "trained_tokens " + trainedTokens + " is not between 1 and max_tokens " + maxTokens);
    }
    if (temperature.isPresent() && !(temperature.getAsDouble() > 0)) {
      throw new IllegalArgumentException("calibration.temperature is not positive");
    }
    if (words.isPresent() && !(words.getAsDouble() > 0 && words.getAsDouble() <= 1)) {
      throw new IllegalArgumentException("calibration.words is not between 0 and 1");
    }
    if (sharpness.isPresent()
        && !(sharpness.getAsDouble() > 0
            && Double.isFinite(sharpness.getAsDouble())
            && pooling == WindowPooling.MAX)) {
      throw new IllegalArgumentException(
          "calibration.sharpness is not positive, or windows.pooling is not max");
    }
    if (labels.stream().distinct().count() != labels.size()) {
      throw new IllegalArgumentException("labels repeat a name: " + labels);
    }
    config = config.deepCopy();
    sources = Map.copyOf(sources);
    labels = List.copyOf(labels);
    thresholds = Map.copyOf(thresholds);
    digests = Map.copyOf(digests);
  }

  /**
   * Reads a card.
   *
   * @throws ModelBuildException when it is not YAML, or a fact is missing or impossible
   */
  public static ModelCard read(Path file) throws IOException {
    JsonNode card = tree(file);
    try {
      return new ModelCard(
          card.path("name").asText(),
          text(card.path("base")),
          text(card.path("adapter")),
          text(card.path("head")),
          digests(card.path("source").path("files")),
          card.path("config"),
          names(card.path("labels")),
          card.path("max_tokens").asInt(),
          card.path("trained_tokens").asInt(),
          pooling(card.path("windows").path("pooling")),
          number(card.path("calibration").path("temperature")),
          number(card.path("calibration").path("words")),
          number(card.path("calibration").path("sharpness")),
          number(card.path("thresholds").path("default")),
          shares(card.path("thresholds").path("by_type")),
          tokenTypes(card.path("token_types")),
          digests(card.path("digests")));
    } catch (IllegalArgumentException wrong) {
      throw new ModelBuildException(
          file.toString(),
          String.valueOf(wrong.getMessage()),
          "correct the card; model-cards/schema.json says what each key means",
          wrong);
    }
  }

  /**
   * The whole card as a JSON tree.
   *
   * @throws ModelBuildException when it is not YAML
   */
  public static JsonNode tree(Path file) throws IOException {
    var settings = LoadSettings.builder().setLabel(file.toString()).build();
    try {
      return JSON.valueToTree(new Load(settings).loadFromString(Files.readString(file)));
    } catch (YamlEngineException broken) {
      throw new ModelBuildException(
          file.toString(), "is not YAML: " + broken.getMessage(), "correct the card", broken);
    }
  }

  private static TokenTypes tokenTypes(JsonNode node) {
    return switch (node.asText("sequence")) {
      case "sequence" -> TokenTypes.SEQUENCE;
      case "shape" -> TokenTypes.SHAPE;
      default -> throw new IllegalArgumentException("token_types is neither sequence nor shape");
    };
  }

  private static Map<String, Double> shares(JsonNode object) {
    var shares = new LinkedHashMap<String, Double>();
    object.properties().forEach(entry -> shares.put(entry.getKey(), entry.getValue().asDouble()));
    return shares;
  }

  private static WindowPooling pooling(JsonNode node) {
    return switch (node.asText("mean")) {
      case "mean" -> WindowPooling.MEAN;
      case "max" -> WindowPooling.MAX;
      default -> throw new IllegalArgumentException("windows.pooling is neither mean nor max");
    };
  }

  private static Optional<String> text(JsonNode node) {
    return node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
  }

  private static OptionalDouble number(JsonNode node) {
    return node.isNumber() ? OptionalDouble.of(node.doubleValue()) : OptionalDouble.empty();
  }

  private static List<String> names(JsonNode labels) {
    var names = new ArrayList<String>();
    labels.forEach(label -> names.add(label.path("name").asText()));
    return names;
  }

  private static Map<String, String> digests(JsonNode object) {
    var digests = new LinkedHashMap<String, String>();
    object.properties().forEach(entry -> digests.put(entry.getKey(), entry.getValue().asText()));
    return digests;
  }
}
