package dev.gatun.server.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.gatun.inference.Family;
import dev.gatun.inference.Head;
import dev.gatun.inference.ModelInfo;
import dev.gatun.inference.Pooling;
import dev.gatun.inference.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Published models by their names: that the data is sound, and what is done with it. */
class KnownModelsTest {
  private static final Path CARDS =
      Path.of(System.getProperty("gatun.home"), "model-cards", "known");
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void theDataFollowsTheSchema() throws IOException {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(JSON.readTree(CARDS.resolve("schema.json").toFile()));
    JsonNode models = ModelCard.tree(CARDS.resolve("models.yaml"));
    assertEquals(Set.of(), schema.validate(models));
    assertEquals(models.path("models").size(), KnownModels.names().size());
  }

  @Test
  void everyNameOfTheRegistryIsThere() {
    List<String> wanted =
        List.of(
            "mom-brain-flash",
            "mom-brain-pro",
            "mom-brain-max",
            "mom-similarity-flash",
            "mom-jailbreak-flash",
            "mom-pii-flash",
            "mom-embedding-pro",
            "mom-embedding-flash",
            "mom-embedding-multimodal");
    for (String name : wanted) {
      assertEquals(name, KnownModels.find(name).orElseThrow().name());
      assertEquals(name, KnownModels.find("models/" + name).orElseThrow().name());
    }
    assertEquals(Optional.empty(), KnownModels.find("mom-jailbreak"));
    assertEquals(Optional.empty(), KnownModels.find("other/mom-jailbreak-flash"));
  }

  @Test
  void anotherNameHasTheSameFacts() {
    KnownModel model = KnownModels.find("mom-embedding-pro").orElseThrow();
    assertEquals(Optional.of(Family.QWEN3), model.family());
    assertEquals(OptionalInt.of(1024), model.dimensions());
    assertEquals(Optional.of("embedding"), model.task());
  }

  @Test
  void everyClassifierSaysWhatItIsAsked() {
    KnownModel guard = KnownModels.find("mmbert32k-jailbreak-detector-merged").orElseThrow();
    assertEquals(
        Optional.of("llm-semantic-router/mmbert32k-jailbreak-detector-merged"), guard.repository());
    assertEquals(List.of("benign", "jailbreak"), guard.labels());
    assertEquals(OptionalInt.of(512), guard.trainedTokens());
    assertEquals(Optional.empty(), guard.revision(), "nobody has said which commit");
    KnownModels.all().stream()
        .filter(model -> model.classes().isPresent())
        .forEach(model -> assertTrue(model.task().isPresent(), model.name()));
  }

  private static ModelInfo info(Family family, int labels, int positions) {
    return new ModelInfo(
        family,
        labels == 0 ? Head.NONE : Head.SEQUENCE,
        Pooling.MEAN,
        true,
        768,
        768,
        22,
        12,
        256_000,
        positions,
        0,
        labels,
        1,
        Precision.FP32,
        1,
        0);
  }

  @Test
  void aModelThatIsAnotherIsTold() {
    KnownModel guard = KnownModels.find("mmbert32k-jailbreak-detector-merged").orElseThrow();
    assertEquals(List.of(), guard.differences(info(Family.MODERNBERT, 2, 32_768)));
    assertEquals(
        List.of(
            "its family is bert, not modernbert",
            "it has 3 classes, not 2",
            "it reads 512 tokens, not 32768"),
        guard.differences(info(Family.BERT, 3, 512)));
    KnownModel embedding = KnownModels.find("embeddinggemma-300m").orElseThrow();
    assertEquals(List.of(), embedding.differences(info(Family.GEMMA3, 0, 2_048)));
    KnownModel unknown = KnownModels.find("mom-brain-flash").orElseThrow();
    assertEquals(List.of(), unknown.differences(info(Family.BERT, 14, 512)));
  }

  @Test
  void factsThatContradictEachOtherAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> model(Optional.empty(), Optional.of("0".repeat(40)), OptionalInt.empty()));
    assertThrows(
        IllegalArgumentException.class,
        () -> model(Optional.of("o/m"), Optional.empty(), OptionalInt.of(3)));
    assertEquals("m", model(Optional.of("o/m"), Optional.empty(), OptionalInt.of(2)).name());
  }

  private static KnownModel model(
      Optional<String> repository, Optional<String> revision, OptionalInt classes) {
    return new KnownModel(
        "m",
        repository,
        revision,
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        classes,
        List.of("a", "b"),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        List.of());
  }
}
