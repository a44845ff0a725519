package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.file;
import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.server.cli.CommandLineFixture.Ran;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandTest {
  private static final String WRONG =
      """
      version: v0.3
      providers:
        defaults:
          default_model: nobody
        models:
          - name: small
            backend_refs:
              - endpoint: 127.0.0.1:9001
      routing:
        modelCards:
          - name: small
        decisions:
          - name: first
            prority: 3
            rules: {}
            modelRefs:
              - model: smal
      """;

  @TempDir private Path temporary;

  @Test
  void validateNamesEveryProblemAtItsPlace() {
    Path file = file(temporary, "wrong.yaml", WRONG);
    for (List<String> command : List.of(List.of("validate"), List.of("config", "validate"))) {
      String[] line =
          java.util.stream.Stream.concat(
                  command.stream(), java.util.stream.Stream.of("--config", file.toString()))
              .toArray(String[]::new);
      Ran ran = run(line);

      assertEquals(ExitStatus.CONFIGURATION, ran.status(), ran.err());
      assertTrue(ran.out().lines().count() >= 3, ran.out());
      ran.out()
          .lines()
          .forEach(problem -> assertTrue(problem.matches(".+:\\d+:\\d+ \\S+ — .+ — .+"), problem));
    }
  }

  @Test
  void problemsForPrograms() {
    Path file = file(temporary, "wrong.yaml", WRONG);

    Ran json = run("validate", "--config", file.toString(), "--format", "json");
    for (var problem : json.json()) {
      for (String key : List.of("severity", "file", "line", "column", "key", "message", "hint")) {
        assertTrue(problem.has(key), key);
      }
    }
    Ran sarif = run("validate", file.toString(), "--format", "sarif");
    assertEquals("2.1.0", sarif.json().getFirst().path("version").asText());
    assertEquals(
        json.json().size(), sarif.json().getFirst().at("/runs/0/results").size(), sarif.out());
  }

  @Test
  void aMissingFileAndBrokenYamlAreOneLineEach() {
    Path broken = file(temporary, "broken.yaml", "a: [1\nb: 2\n");
    for (String path : List.of(broken.toString(), temporary.resolve("none.yaml").toString())) {
      Ran ran = run("serve", "--config", path);
      assertEquals(ExitStatus.CONFIGURATION, ran.status());
      assertEquals(1, ran.err().lines().count(), ran.err());
      assertTrue(ran.err().contains(path), ran.err());
      assertEquals("", ran.out());
    }
  }

  @Test
  void theStarterIsShownReadyToBeSaved() {
    Ran shown = run("config", "show");
    Path saved = file(temporary, "saved.yaml", shown.out());

    Ran valid = run("validate", "--config", saved.toString());
    assertEquals(0, valid.status(), valid.out());
    Ran settings = run("config", "show", "--config", saved.toString(), "--json");
    assertEquals(0, settings.status(), settings.err());
    assertEquals("v0.3", settings.json().getFirst().path("version").asText());
  }

  @Test
  void secretsAreHidden() {
    Path file =
        file(
            temporary,
            "secret.yaml",
            """
            version: v0.3
            providers:
              defaults:
                default_model: small
              models:
                - name: small
                  backend_refs:
                    - endpoint: 127.0.0.1:9001
                      api_key: sk-do-not-show
            routing:
              modelCards:
                - name: small
            """);
    Ran shown = run("config", "show", "--config", file.toString());

    assertEquals(0, shown.status(), shown.err());
    assertFalse(shown.out().contains("sk-do-not-show"), shown.out());
    assertTrue(shown.out().contains("small"), shown.out());
  }
}
