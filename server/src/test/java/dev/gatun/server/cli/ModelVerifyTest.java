package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.cli.CommandLineFixture.Ran;
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
    Path from = Path.of(System.getProperty("gatun.models"), NAME);
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
  void withoutNamesAllThatComesWithGatunIsVerified() {
    Ran ran = run("model", "verify", "--json");
    assertEquals(0, ran.status(), ran.out());
    List<String> names = ran.json().stream().map(this::name).toList();
    assertTrue(
        names.containsAll(List.of("gatun-language", "gatun-tools", "gatun-hallucination", NAME)),
        names.toString());
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

  private String name(JsonNode model) {
    return model.path("name").asText();
  }
}
