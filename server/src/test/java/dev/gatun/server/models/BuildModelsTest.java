package dev.gatun.server.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.server.digest.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build as Maven runs it: the real artifact, the committed cards, the folders it made. */
class BuildModelsTest {
  private static final Path HOME = Path.of(System.getProperty("gatun.home"));
  private static final Path CARDS = HOME.resolve("model-cards");
  private static final Path MODELS = Path.of(System.getProperty("gatun.models"));
  private static final Path JAR = Path.of(System.getProperty("gatun.weights"));
  private static final Path TRUNK = MODELS.resolve("all-MiniLM-L6-v2");
  private static final Path GOLDEN = HOME.resolve("../shared/golden/minilm");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  @Test
  void buildingAgainChangesNothing() throws IOException {
    assertEquals(List.of(), new BuildModels(JAR, CARDS, MODELS).all());
  }

  @Test
  void everyFileHasTheDigestOfItsCard() throws IOException {
    for (Path card : ModelCardTest.cards()) {
      ModelCard facts = ModelCard.read(card);
      Path folder = MODELS.resolve(facts.name());
      JsonNode files = JSON.readTree(folder.resolve(ModelOutput.DIGESTS).toFile()).path("files");
      String weights =
          facts.adapter().isPresent() ? ModelFiles.ADAPTER_WEIGHTS : "model.safetensors";
      assertTrue(facts.head().isPresent() || facts.digests().containsKey(weights), card.toString());
      assertTrue(!facts.digests().isEmpty(), card.toString());
      for (var expected : facts.digests().entrySet()) {
        assertEquals(expected.getValue(), files.path(expected.getKey()).asText());
      }
    }
  }

  @Test
  void theTrunkHoldsTheTensorsOfItsConfig() throws IOException {
    JsonNode config = JSON.readTree(TRUNK.resolve("config.json").toFile());
    var tensors = Safetensors.read(TRUNK.resolve("model.safetensors"));
    var shapes = new TreeMap<String, List<Integer>>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));

    assertEquals(new TreeMap<>(BertShape.of(config, "config.json").tensors()), shapes);
    assertEquals(103, shapes.size());
  }

  @Test
  void theTrunkAgreesWithTheGoldenListOfInitialisers() throws IOException {
    if (Files.notExists(GOLDEN)) {
      System.out.println("skipped: initialisers of the real model (../shared not present)");
      return;
    }
    var graph =
        OnnxGraph.read(
            new SourceJar(JAR)
                .read(
                    "all-minilm-l6-v2.onnx",
                    "ca46f1a88a9c6e61b918af1ab38be3e7903b986616551f0a6f10a7ecc5730cd4"),
            JAR.toString());
    var tensors = Safetensors.read(TRUNK.resolve("model.safetensors"));
    JsonNode golden = JSON.readTree(GOLDEN.resolve("initializers.json").toFile());
    for (var entry : golden.properties()) {
      Tensor stored = graph.initializers().get(entry.getKey());
      boolean transposed = entry.getValue().path("transposed").asBoolean();
      String name = entry.getValue().path("tensor").asText();
      assertEquals(entry.getValue().path("shape"), JSON.valueToTree(stored.shape()), name);
      assertEquals(transposed ? stored.transposed() : stored, tensors.get(name), name);
    }
    assertEquals(golden.size(), tensors.size());
    JsonNode config = JSON.readTree(TRUNK.resolve("config.json").toFile());
    for (var wanted : JSON.readTree(GOLDEN.resolve("config.json").toFile()).properties()) {
      assertEquals(wanted.getValue(), config.path(wanted.getKey()), wanted.getKey());
    }
  }

  @Test
  void adaptersAreTheCommittedOnesWithTheLabelsOfTheirCards() throws IOException {
    for (Path card : ModelCardTest.cards()) {
      ModelCard facts = ModelCard.read(card);
      if (facts.adapter().isEmpty()) {
        continue;
      }
      Path folder = MODELS.resolve(facts.name());
      Path committed = CARDS.resolve(facts.adapter().orElseThrow());
      JsonNode names = JSON.readTree(folder.resolve("label_mapping.json").toFile());
      assertEquals(facts.labels(), values(names.path("id2label")));
      for (String file : List.of(ModelFiles.ADAPTER_CONFIG, ModelFiles.ADAPTER_WEIGHTS)) {
        assertEquals(Sha256.of(committed.resolve(file)), Sha256.of(folder.resolve(file)));
      }
    }
  }

  @Test
  void refusesAnAdapterOfAnotherBase() throws IOException {
    Path cards = cardsWithTask();
    Path adapter = Files.createDirectories(cards.resolve("task"));
    Files.writeString(
        adapter.resolve(ModelFiles.ADAPTER_CONFIG), "{\"base_model_name_or_path\": \"a/other\"}");
    Files.writeString(adapter.resolve(ModelFiles.ADAPTER_WEIGHTS), "");
    var build = new BuildModels(JAR, cards, directory.resolve("models"));

    var refused = assertThrows(ModelBuildException.class, build::all);

    assertEquals("has the base other, the card says all-MiniLM-L6-v2", refused.what());
  }

  @Test
  void refusesAnArtifactWithOtherBytes() throws IOException {
    Path jar = directory.resolve("weights.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        var zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("all-minilm-l6-v2.onnx"));
      zip.write(1);
    }

    var refused = assertThrows(ModelBuildException.class, () -> build(jar).all());

    assertEquals(jar + "!all-minilm-l6-v2.onnx", refused.where());
    assertTrue(refused.what().endsWith(", its card says " + onnxDigest()), refused.what());
  }

  @Test
  void refusesAnArtifactThatIsNoJarOrLacksTheModel() throws IOException {
    Path broken = Files.writeString(directory.resolve("broken.jar"), "not a jar");
    Path empty = directory.resolve("empty.jar");
    try (OutputStream out = Files.newOutputStream(empty);
        var zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("README"));
    }

    assertRefused(broken, "is not a whole jar: ");
    assertRefused(empty, "has no entry all-minilm-l6-v2.onnx");
    assertRefused(directory.resolve("missing.jar"), "does not exist");
  }

  @Test
  void refusesAnAdapterThatIsNotThere() throws IOException {
    Path cards = cardsWithTask();
    var build = new BuildModels(JAR, cards, directory.resolve("models"));

    var refused = assertThrows(ModelBuildException.class, build::all);

    assertEquals(
        cards.resolve("task/adapter_config.json")
            + " — does not exist — restore it from the repository",
        refused.getMessage());
  }

  /** The trunk, and an adapter over it that is not there. */
  private Path cardsWithTask() throws IOException {
    Path cards = Files.createDirectories(directory.resolve("cards"));
    for (String name : List.of("NOTICE", "all-MiniLM-L6-v2.yaml")) {
      Files.copy(CARDS.resolve(name), cards.resolve(name));
    }
    Files.writeString(
        cards.resolve("task.yaml"),
        """
        name: task
        base: all-MiniLM-L6-v2
        adapter: task
        labels: [{name: a}, {name: b}]
        max_tokens: 512
        trained_tokens: 192
        """);
    return cards;
  }

  @Test
  void refusesSourcesThatMakeOtherBytesThanTheCardSays() throws IOException {
    Path cards = Files.createDirectories(directory.resolve("cards"));
    Files.copy(CARDS.resolve("NOTICE"), cards.resolve("NOTICE"));
    String card = Files.readString(CARDS.resolve("all-MiniLM-L6-v2.yaml"));
    String digest =
        ModelCard.read(CARDS.resolve("all-MiniLM-L6-v2.yaml")).digests().get("model.safetensors");
    Files.writeString(cards.resolve("all-MiniLM-L6-v2.yaml"), card.replace(digest, "0".repeat(64)));
    var build = new BuildModels(JAR, cards, directory.resolve("models"));

    var refused = assertThrows(ModelBuildException.class, build::all);

    assertEquals("says " + "0".repeat(64) + ", the sources make " + digest, refused.what());
    assertTrue(Files.notExists(directory.resolve("models/all-MiniLM-L6-v2")));
  }

  @Test
  void saysHowItIsCalled() {
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> BuildModels.main(new String[] {"weights.jar"}));

    assertEquals("expected JAR CARDS OUTPUT, got 1 arguments", refused.getMessage());
  }

  private void assertRefused(Path jar, String what) {
    var refused = assertThrows(ModelBuildException.class, () -> build(jar).all());
    assertTrue(refused.what().startsWith(what), refused.getMessage());
    assertTrue(refused.where().startsWith(jar.toString()), refused.getMessage());
  }

  private BuildModels build(Path jar) {
    return new BuildModels(jar, CARDS, directory.resolve("models"));
  }

  private static String onnxDigest() throws IOException {
    return ModelCard.read(CARDS.resolve("all-MiniLM-L6-v2.yaml"))
        .sources()
        .get("all-minilm-l6-v2.onnx");
  }

  private static List<String> values(JsonNode object) {
    var values = new ArrayList<String>();
    object.forEach(value -> values.add(value.asText()));
    return values;
  }
}
