package dev.gatun.server.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.gatun.server.digest.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelCardTest {
  private static final Path CARDS = Path.of(System.getProperty("gatun.home"), "model-cards");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> MEASURED =
      List.of("rows", "accuracy", "macro_f1", "auroc", "auroc_parts", "spearman_mmlu_pro", "parts");
  private static final List<String> OF_SPANS =
      List.of(
          "span_f1",
          "precision",
          "recall",
          "f1_structured",
          "false_alarms",
          "clean_texts",
          "spans",
          "groups",
          "types");
  private static final List<String> VALIDATED =
      List.of(
          "folds",
          "rows",
          "accuracy",
          "macro_f1",
          "accuracy_of_groups",
          "auroc_of_families",
          "auroc_parts",
          "spearman_mmlu_pro",
          "oos_auroc",
          "oos_recall_at_5_percent",
          "parts");

  @TempDir Path folder;

  static List<Path> cards() throws IOException {
    try (Stream<Path> files = Files.list(CARDS)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cards")
  void everyCardFollowsTheSchema(Path file) throws IOException {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(JSON.readTree(CARDS.resolve("schema.json").toFile()));

    assertEquals(Set.of(), schema.validate(ModelCard.tree(file)), file.toString());
    assertEquals(file.getFileName().toString(), ModelCard.read(file).name() + ".yaml");
  }

  @ParameterizedTest
  @MethodSource("cards")
  void everyCardSaysWhatItCosts(Path file) throws IOException {
    assertTrue(ModelCard.tree(file).has("latency"), "model-cards/latency.py writes it");
  }

  @ParameterizedTest
  @MethodSource("cards")
  void everySourceIsNamedInTheNotice(Path file) throws IOException {
    String notice = Files.readString(CARDS.resolve("NOTICE"));
    for (JsonNode data : ModelCard.tree(file).path("data")) {
      String source = data.path("source").asText();
      assertTrue(source.startsWith("own ") || notice.contains(source), source);
    }
  }

  /** The scores of a card are those its training script measured on the committed file. */
  @ParameterizedTest
  @MethodSource("cards")
  void scoresAreTheMeasuredOnes(Path file) throws IOException {
    JsonNode card = ModelCard.tree(file);
    if (!card.has("adapter")) {
      return;
    }
    Path adapter = CARDS.resolve(card.path("adapter").asText());
    JsonNode measured = JSON.readTree(adapter.resolve("evaluation.json").toFile());
    JsonNode dev = measured.path("dev");
    assertEquals(
        Sha256.of(adapter.resolve(ModelFiles.ADAPTER_WEIGHTS)), measured.path("weights").asText());
    assertSame(MEASURED, dev, card.path("scores"));
    assertSame(OF_SPANS, dev, card.path("scores"));
    JsonNode validated = measured.path("cross_validation");
    assertEquals(validated.isMissingNode(), card.path("cross_validation").isMissingNode());
    assertSame(VALIDATED, validated, card.path("cross_validation"));
    assertSame(OF_SPANS, validated, card.path("cross_validation"));
    JsonNode thresholds = card.path("thresholds");
    assertEquals(measured.path("thresholds"), thresholds.path("at_false_positive_rate"));
    assertEquals(measured.path("thresholds_by_type"), thresholds.path("by_type"));
    JsonNode calibration = card.path("calibration");
    assertEquals(measured.path("temperature"), calibration.path("temperature"));
    assertEquals(measured.path("sharpness"), calibration.path("sharpness"));
    assertEquals(dev.path("ece"), calibration.path("ece"));
    assertEquals(measured.path("ece_uncalibrated"), calibration.path("ece_uncalibrated"));
    assertEquals(measured.path("seed"), card.path("training").path("seed"));
    assertEquals(measured.path("trained_tokens"), card.path("trained_tokens"));
    List<String> labels = ModelCard.read(file).labels();
    if (dev.has("types")) {
      fields(dev.path("types")).forEach(type -> assertTrue(labels.contains("B-" + type), type));
    } else if (card.has("scores")) {
      assertEquals(new TreeSet<>(labels), fields(dev.path("labels")), "labels");
    } else {
      assertFiguresAreMeasured(card.path("measured"), measured);
    }
  }

  /** A figure {@code of_whom} is that of the same path. */
  private static void assertFiguresAreMeasured(JsonNode stated, JsonNode measured) {
    assertTrue(stated.size() > 3, stated.toString());
    Map<String, JsonNode> known = new HashMap<>();
    measured
        .properties()
        .forEach(part ->
            part.getValue()
                .properties()
                .forEach(group ->
                    known.put(
                        part.getKey() + "_" + group.getKey().replace('-', '_'), group.getValue())));
    stated
        .properties()
        .forEach(figure -> {
          if (!figure.getKey().equals("remarks")) {
            assertEquals(known.get(figure.getKey()), figure.getValue(), figure.getKey());
          }
        });
  }

  private static void assertSame(List<String> keys, JsonNode measured, JsonNode stated) {
    for (String key : keys) {
      assertEquals(measured.path(key), stated.path(key), key);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          max_tokens: 512   | max_tokens: 16    | trained_tokens 192 is not between 1 and
          base: trunk       | bose: trunk       | an adapter exactly with a base
          {name: a}         | {name: b}         | labels repeat a name: [b, b]
          pooling: max      | pooling: min      | windows.pooling is neither mean nor max
          temperature: 1.5  | temperature: -1   | calibration.temperature is not positive
          sharpness: 2.5    | sharpness: 0      | calibration.sharpness is not positive
          pooling: max      | pooling: mean     | or windows.pooling is not max
          types: shape      | types: case       | token_types is neither sequence nor shape
          name: card        | 'name: '''''      | a card has a name
          """)
  void refusesImpossibleFacts(String right, String wrong, String message) throws IOException {
    Path file = folder.resolve("card.yaml");
    Files.writeString(file, CARD.replace(right, wrong));

    var refused = assertThrows(ModelBuildException.class, () -> ModelCard.read(file));

    assertEquals(file.toString(), refused.where());
    assertTrue(refused.what().contains(message), refused.getMessage());
  }

  @Test
  void readsTheFactsThatProgramsUse() throws IOException {
    Path file = Files.writeString(folder.resolve("card.yaml"), CARD);

    ModelCard card = ModelCard.read(file);

    assertEquals(List.of("a", "b"), card.labels());
    assertEquals(1.5, card.temperature().orElseThrow());
    assertEquals(2.5, card.sharpness().orElseThrow());
    assertEquals(0.5, card.threshold().orElseThrow());
    assertEquals("trunk", card.base().orElseThrow());
    assertEquals(192, card.trainedTokens());
    assertEquals(ModelCard.WindowPooling.MAX, card.pooling());
    assertEquals(ModelCard.TokenTypes.SHAPE, card.tokenTypes());
    assertEquals(Map.of("a", 0.7), card.thresholds());
  }

  @Test
  void saysWhereTheYamlIsBroken() throws IOException {
    Path file = Files.writeString(folder.resolve("card.yaml"), "name: [open\n");

    var refused = assertThrows(ModelBuildException.class, () -> ModelCard.read(file));

    assertTrue(refused.what().contains("line 2"), refused.getMessage());
  }

  private static final String CARD =
      """
      name: card
      base: trunk
      adapter: folder
      labels: [{name: a}, {name: b}]
      max_tokens: 512
      trained_tokens: 192
      windows: {pooling: max}
      calibration: {temperature: 1.5, sharpness: 2.5}
      token_types: shape
      thresholds: {default: 0.5, by_type: {a: 0.7}}
      """;

  private static Set<String> fields(JsonNode object) {
    var names = new TreeSet<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
