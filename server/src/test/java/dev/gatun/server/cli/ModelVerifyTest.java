package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.cli.CommandLineFixture.Ran;
import dev.gatun.server.http.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelVerifyTest {
  private static final String NAME = "gatun-modality";

  @TempDir private Path temporary;

  private Path copy() throws IOException {
    return copy(NAME);
  }

  private Path copy(String name) throws IOException {
    Path from = Path.of(System.getProperty("gatun.models"), name);
    Path to = temporary.resolve("copy");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
    return to;
  }

  @Test
  void wholeModelsAreFine() throws IOException {
    Ran ran = run("model", "verify", NAME, "all-MiniLM-L6-v2", "gatun-intent", "--json");
    assertEquals(0, ran.status(), ran.err());
    assertEquals(
        List.of(NAME, "all-MiniLM-L6-v2", "gatun-intent"),
        ran.json().stream().map(this::name).toList());
    for (JsonNode model : ran.json()) {
      assertTrue(model.path("ok").asBoolean(), model.toString());
      assertTrue(model.path("files").asInt() > 3, model.toString());
      assertTrue(
          model.path("difference").asDouble(0) <= model.path("bound").asDouble(1),
          model.toString());
    }
  }

  @Test
  void oneChangedByteIsFound() throws IOException {
    Path folder = copy();
    byte[] weights = Files.readAllBytes(folder.resolve("adapter_model.safetensors"));
    weights[weights.length / 2] ^= 1;
    Files.write(folder.resolve("adapter_model.safetensors"), weights);

    Ran ran = run("model", "verify", folder.toString(), NAME);

    assertEquals(ExitStatus.FAILED, ran.status());
    assertTrue(ran.out().contains("adapter_model.safetensors has changed"), ran.out());
    assertTrue(ran.out().lines().anyMatch(line -> line.endsWith(" ok")), ran.out());
  }

  @Test
  void whatIsNoModelIsOneLineAndTheOthersAreVerified() {
    String empty = temporary.toString();
    Ran ran = run("model", "verify", "/no/such", empty, NAME, "--json");
    assertEquals(ExitStatus.FAILED, ran.status());
    assertEquals(List.of("/no/such", empty, NAME), ran.json().stream().map(this::name).toList());
    List<JsonNode> found = ran.json();
    assertTrue(found.get(0).path("problem").asText().contains("neither a folder"), ran.out());
    assertTrue(found.get(1).path("problem").asText().contains("holds no model"), ran.out());
    assertTrue(found.get(2).path("ok").asBoolean(), ran.out());

    Ran told = run("model", "verify", "nothing", "/no/such");
    assertEquals(2, told.out().lines().filter(l -> l.contains(" WRONG: ")).count(), told.out());
    assertFalse(told.out().contains("no digests.json"), "what was not reached is not judged");
  }

  @Test
  void otherNumbersAreFound() throws IOException {
    Path folder = copy();
    Files.delete(folder.resolve("digests.json"));
    Path probe = folder.resolve("probe.json");
    Files.writeString(probe, Files.readString(probe).replace("Draw me a fox", "Tell of a fox"));

    Ran ran = run("model", "verify", folder.toString());

    assertEquals(ExitStatus.FAILED, ran.status());
    assertTrue(ran.out().contains("computes something else for \"Tell of a fox"), ran.out());
    assertTrue(ran.out().contains("no digests.json"), ran.out());
  }

  @Test
  void otherNumbersOfAHeadAreFound() throws IOException {
    Path folder = copy("gatun-language");
    Files.delete(folder.resolve("digests.json"));
    Path probe = folder.resolve("probe.json");
    Files.writeString(probe, Files.readString(probe).replace("The ferry", "Die Fähre"));

    Ran ran = run("model", "verify", folder.toString());

    assertEquals(ExitStatus.FAILED, ran.status());
    assertTrue(ran.out().contains("computes something else for \"Die Fähre"), ran.out());
  }

  @Test
  void otherNumbersBesideAnAdapterAreFound() throws IOException {
    Path folder = copy("gatun-hallucination");
    Files.delete(folder.resolve("digests.json"));
    Path checker = folder.resolve("checker.json");
    String written = Files.readString(checker);
    Files.writeString(checker, written.replace("\"constant\": -0.", "\"constant\": 0."));

    Ran ran = run("model", "verify", folder.toString());

    assertEquals(ExitStatus.FAILED, ran.status());
    assertTrue(ran.out().contains("computes something else for \"Captain Marta Vogel"), ran.out());
  }

  @Test
  void withoutNamesAllThatComesWithGatunIsVerified() {
    Ran ran = run("model", "verify", "--json");
    assertEquals(0, ran.status(), ran.out());
    List<String> names = ran.json().stream().map(this::name).toList();
    assertTrue(
        names.containsAll(List.of("gatun-language", "gatun-tools", "gatun-hallucination", NAME)),
        names.toString());
    for (JsonNode model : ran.json()) {
      assertTrue(model.has("difference"), "every one has a probe: " + model);
    }
  }

  @Test
  void listShowsWhatTheCardsSay() {
    Ran ran = run("model", "list", "--json");
    assertEquals(0, ran.status(), ran.err());
    JsonNode model =
        ran.json().stream().filter(m -> name(m).equals(NAME)).findFirst().orElseThrow();
    assertEquals("modality", model.path("tasks").path(0).asText());
    assertEquals("embedded", model.path("state").asText());
    assertTrue(model.path("digest").asText().matches("sha256:[0-9a-f]{64}"), model.toString());
    assertTrue(model.path("bytes").asLong() > 500_000, model.toString());
    assertTrue(model.path("scores").path("accuracy").asDouble() > 0.9, model.toString());
  }

  @Test
  void whatHasNoEncoderIsDescribedByCardAndFiles() throws IOException {
    for (String name : List.of("gatun-language", "gatun-selection", "gatun-tools")) {
      Ran ran = run("model", "inspect", name, "--json");
      assertEquals(0, ran.status(), ran.err());
      JsonNode facts = ran.json().getFirst();
      assertEquals(name, name(facts));
      assertTrue(facts.path("digest").asText().startsWith("sha256:"), ran.out());
      assertTrue(facts.path("measured").isObject() && facts.has("summary"), ran.out());
      assertTrue(facts.path("files").size() > 2, ran.out());
      for (JsonNode file : facts.path("files")) {
        assertTrue(file.path("bytes").asLong() > 0, ran.out());
        assertEquals(64, file.path("sha256").asText().length());
      }
    }
    assertTrue(run("model", "inspect", "gatun-tools").out().contains("maps.safetensors"));

    Path input = Files.writeString(temporary.resolve("in.jsonl"), "{\"text\":\"a\"}\n");
    Ran none = run("model", "run", "--model", "gatun-tools", "--input", input.toString());
    assertEquals(ExitStatus.FAILED, none.status());
    assertTrue(none.err().contains("gatun-tools has no encoder of its own"), none.err());

    Path changed = copy("gatun-tools");
    Files.writeString(changed.resolve("tools.json"), "{}");
    Ran inspected = run("model", "inspect", changed.toString());
    assertEquals(ExitStatus.FAILED, inspected.status());
    assertTrue(inspected.err().contains("tools.json has changed"), inspected.err());
  }

  /** Those without an encoder of their own as well. */
  @Test
  void listKnowsEveryFactOfEveryEmbeddedModel() {
    Ran ran = run("model", "list", "--json");
    List<JsonNode> embedded =
        ran.json().stream().filter(m -> m.path("state").asText().equals("embedded")).toList();
    assertTrue(embedded.size() > 10, ran.out());
    for (JsonNode model : embedded) {
      for (String fact : List.of("tasks", "scores", "score", "digest", "precision", "backend")) {
        assertTrue(model.hasNonNull(fact), fact + " of " + model);
      }
      assertTrue(model.at("/scores/split").isTextual(), model.toString());
    }
    assertEquals("sentences 0.978 (dev)", of(ran, "gatun-language").path("score").asText());
    assertEquals("fp32", of(ran, "gatun-language").path("precision").asText());
    assertEquals("auroc 0.852 (dev_all)", of(ran, "gatun-hallucination").path("score").asText());
    assertEquals("int8", of(ran, "gatun-tools").path("precision").asText());
    assertTrue(
        run("model", "list")
            .out()
            .lines()
            .noneMatch(line -> line.contains(" embedded ") && line.contains(" - ")),
        "the table has them too");
  }

  @Test
  void allFormsOfTheListAgree() throws IOException {
    String starter =
        run("config", "show")
            .out()
            .replace("\nglobal:", "\nglobal:\n  native: { precision: bf16 }");
    Path config = Files.writeString(temporary.resolve("config.yaml"), starter);
    try (RunningServer router = RunningServer.ofFile(config)) {
      String url = router.server().management().toString();
      JsonNode plain = of(run("model", "list", "--json"), "gatun-domain");
      Ran configured = run("model", "list", "--config", config.toString(), "--json");
      Ran running = run("model", "list", "--url", url, "--json");
      assertEquals("configured", of(configured, "gatun-domain").path("state").asText());
      assertEquals("ready", of(running, "gatun-domain").path("state").asText());
      for (Ran form : List.of(configured, running)) {
        JsonNode model = of(form, "gatun-domain");
        assertEquals(plain.get("digest"), model.get("digest"), "its own, not of its encoder");
        assertEquals(plain.get("tasks"), model.get("tasks"));
        assertEquals("bf16", model.path("precision").asText(), form.err());
        assertEquals("cpu", model.path("backend").asText());
      }
    }
  }

  @Test
  void listKnowsPublishedModels() {
    JsonNode guard =
        run("model", "list", "--json").json().stream()
            .filter(m -> name(m).equals("mmbert32k-jailbreak-detector-merged"))
            .findFirst()
            .orElseThrow();
    assertEquals("known", guard.path("state").asText());
    assertEquals(
        "llm-semantic-router/mmbert32k-jailbreak-detector-merged",
        guard.path("repository").asText());
    assertEquals(2, guard.path("classes").asInt());
    assertTrue(run("model", "list").out().contains("mom-pii-flash"));
  }

  @Test
  void listKnowsWhatAConfigurationNeeds() throws IOException {
    Path config = Files.writeString(temporary.resolve("config.yaml"), run("config", "show").out());
    Ran ran = run("model", "list", "--config", config.toString());
    assertEquals(0, ran.status(), ran.err());
    assertTrue(
        ran.out()
            .lines()
            .anyMatch(line -> line.startsWith("gatun-domain") && line.contains("configured")),
        ran.out());
  }

  @Test
  void listSaysWhenNoRouterAnswers() {
    Ran ran = run("model", "list", "--url", "http://127.0.0.1:9");
    assertEquals(ExitStatus.UNREACHABLE, ran.status());
    assertTrue(ran.err().contains("no router answers at http://127.0.0.1:9"), ran.err());
  }

  private JsonNode of(Ran list, String name) {
    return list.json().stream().filter(m -> name(m).equals(name)).findFirst().orElseThrow();
  }

  private String name(JsonNode model) {
    return model.path("name").asText();
  }
}
