package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.file;
import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.cli.CommandLineFixture.Ran;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanTest {
  private static final String PROJECTED =
      """
      version: v0.3
      providers:
        defaults: { default_model: small }
        models:
          - { name: small, backend_refs: [{ endpoint: "127.0.0.1:9" }] }
      routing:
        modelCards: [{ name: small }]
        signals:
          domains: [{ name: math }]
          jailbreak: [{ name: unused, threshold: 0.5 }]
          language: [{ name: de }]
        projections:
          scores:
            - name: depth
              method: weighted_sum
              inputs: [{ type: domain, name: math, weight: 1 }]
          mappings:
            - name: band
              source: depth
              method: threshold_bands
              outputs: [{ name: deep, gte: 0.5 }, { name: flat, lt: 0.5 }]
        decisions:
          - name: sums
            rules: { type: projection, name: deep }
            modelRefs: [{ model: small }]
          - name: german
            rules: { type: language, name: de }
            modelRefs: [{ model: small }]
      """;

  @TempDir private Path temporary;

  @Test
  void whatProjectionsGoBackToIsPlanned() {
    Path config = file(temporary, "config.yaml", PROJECTED);
    Ran ran = run("plan", "--config", config.toString(), "--json");

    assertEquals(0, ran.status(), ran.err());
    List<JsonNode> models = ran.json();
    assertEquals(
        List.of("all-MiniLM-L6-v2", "gatun-domain", "gatun-language"),
        models.stream().map(model -> model.path("name").asText()).toList(),
        ran.out());
    assertEquals("domain", models.get(0).at("/asked_by/0").asText());
    assertEquals("domain", models.get(1).at("/asked_by/0").asText());
    assertEquals("language", models.get(2).at("/asked_by/0").asText());
    assertEquals(1, models.get(0).path("asked_by").size());
    models.forEach(model -> assertTrue(model.path("bytes").asLong() > 10_000, model.toString()));
  }

  /** What patterns find is united with what a model finds that is here. */
  @Test
  void personalDataByPatternsUsesTheModelThatIsHere() {
    String rules = PROJECTED.replace("type: language, name: de", "type: pii, name: p");
    String pii = "language: [{ name: de }]\n    pii: [{ name: p, patterns: [{ builtin: email }] }]";
    assertEquals(
        List.of("all-MiniLM-L6-v2", "gatun-domain", "gatun-pii"),
        planned(rules.replace("language: [{ name: de }]", pii)));
  }

  private List<String> planned(String yaml) {
    Ran ran = run("plan", "--config", file(temporary, "config.yaml", yaml).toString(), "--json");
    assertEquals(0, ran.status(), ran.err());
    return ran.json().stream().map(model -> model.path("name").asText()).toList();
  }

  @Test
  void whatAsksForTheSentenceEncoderIsNamed() {
    String complex =
        PROJECTED
            .replace(
                "    jailbreak: [{ name: unused, threshold: 0.5 }]",
                "    complexity:\n      - { name: depth, hard: { candidates: [proof] },"
                    + " easy: { candidates: [hello] } }")
            .replace(
                "{ type: projection, name: deep }", "{ type: complexity, name: 'depth:hard' }");
    Path config = file(temporary, "complex.yaml", complex);
    JsonNode model = run("plan", "--config", config.toString(), "--json").json().getFirst();

    assertEquals("complexity", model.at("/asked_by/0").asText(), model.toString());
    assertEquals(1, model.path("asked_by").size(), model.toString());
  }

  @Test
  void theTableSumsUpForPeople() {
    Path config = file(temporary, "config.yaml", PROJECTED);
    Ran ran = run("plan", "--config", config.toString());
    assertTrue(ran.out().contains("together, on disk"), ran.out());
    assertTrue(ran.out().lines().anyMatch(l -> l.matches("gatun-domain +[0-9.]+  here +domain")));
  }

  @Test
  void nothingIsLoadedForWhatAnotherProcessCompares() {
    String compared =
        PROJECTED
            .replace(
                "    jailbreak: [{ name: unused, threshold: 0.5 }]",
                "    embeddings: [{ name: sky, threshold: 0.5, candidates: [weather] }]")
            .replace("{ type: projection, name: deep }", "{ type: embedding, name: sky }");
    Path here = file(temporary, "here.yaml", compared);
    assertEquals(
        List.of("all-MiniLM-L6-v2", "gatun-language"),
        run("plan", "--config", here.toString(), "--json").json().stream()
            .map(model -> model.path("name").asText())
            .toList());
    Path config =
        file(
            temporary,
            "config.yaml",
            compared
                + "global: { model_catalog: { embeddings: { semantic: { embedding_config:"
                + " { backend: remote, remote: { base_url: 'http://e:1/v1', model: acme/e } } } } }"
                + " }\n");
    Ran ran = run("plan", "--config", config.toString(), "--json");
    assertEquals(0, ran.status(), ran.err());
    List<JsonNode> models = ran.json();
    assertEquals(
        List.of("gatun-language", "acme/e"),
        models.stream().map(model -> model.path("name").asText()).toList(),
        ran.out());
    assertEquals("remote", models.get(1).path("state").asText());
    assertEquals("http://e:1/v1/embeddings", models.get(1).path("address").asText());
    assertEquals("embedding", models.get(1).at("/asked_by/0").asText());
    Ran table = run("plan", "--config", config.toString());
    assertTrue(table.out().contains("embedding at http://e:1/v1/embeddings"), table.out());
  }

  @Test
  void modelsThatTheFileNamesAreTold() {
    Path config =
        file(
            temporary,
            "config.yaml",
            PROJECTED
                + "global: { model_catalog: { system: { pii_classifier: mom-pii-flash,"
                + " prompt_guard: models/own } } }\n");
    Ran ran = run("plan", "--config", config.toString(), "--json");
    assertEquals(0, ran.status(), ran.err());
    JsonNode known = named(ran, "mom-pii-flash");
    assertEquals("known", known.path("state").asText());
    assertEquals("pii", known.at("/tasks/0").asText());
    assertEquals("global.model_catalog.system.pii_classifier", known.at("/asked_by/0").asText());
    assertEquals("missing", named(ran, "models/own").path("state").asText());
    Path wrong =
        file(
            temporary,
            "wrong.yaml",
            PROJECTED + "global: { model_catalog: { system: { pii_classifier: mom-pii } } }\n");
    Ran refused = run("plan", "--config", wrong.toString());
    assertEquals(ExitStatus.CONFIGURATION, refused.status());
    assertTrue(refused.err().contains("neither a known model nor a folder"), refused.err());
  }

  private static JsonNode named(Ran ran, String name) {
    return ran.json().stream()
        .filter(model -> model.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aMissingModelIsAFailure() {
    Path config =
        file(
            temporary,
            "config.yaml",
            PROJECTED + "global: { native: { models_dir: " + temporary + " } }\n");
    Ran ran = run("plan", "--config", config.toString(), "--json");
    assertEquals(ExitStatus.FAILED, ran.status(), ran.err());
    assertEquals("missing", ran.json().getFirst().path("state").asText());
  }
}
