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

class ConfigDiffTest {
  private static final String BEFORE =
      """
      version: v0.3
      listeners:
        - {name: http, port: 8899, timeout: 60s}
      providers:
        models:
          - name: small
            backend_refs:
              - {name: a, endpoint: "127.0.0.1:9001", api_key: sk-one}
      routing:
        signals:
          keywords:
            - {name: code, operator: OR, keywords: [python, java], case_sensitive: no}
        decisions:
          - {name: first, priority: 10}
          - {name: second, priority: 20}
      """;

  private static final String AFTER =
      """
      # The same in another spelling, but for six things.
      routing:
        decisions:
          - {name: second, priority: 30}
          - {name: first, priority: 0xA}
          - {name: third, priority: 5}
        signals:
          keywords:
            - {name: code, keywords: [java, rust], operator: OR, case_sensitive: false}
      listeners:
        - {name: http, port: 8899, timeout: 1m}
      providers:
        models:
          - name: small
            backend_refs:
              - {name: a, endpoint: "127.0.0.1:9001", api_key: sk-two}
      version: v0.3
      """;

  @TempDir private Path temporary;

  @Test
  void settingsAreComparedNotLines() {
    Ran ran = diff(BEFORE, AFTER);

    assertEquals(ExitStatus.OK, ran.status(), ran.err());
    assertEquals(
        List.of(
            "~ providers.models[small].backend_refs[a].api_key: *** → ***",
            "- routing.signals.keywords[code].keywords[]: python",
            "+ routing.signals.keywords[code].keywords[]: rust",
            "~ routing.decisions[second].priority: 20 → 30",
            "+ routing.decisions[third]: {name: third, priority: 5}",
            "~ routing.decisions: order [first, second] → [second, first]"),
        ran.out().lines().toList());
    assertEquals("gatun: 6 differences", ran.err().strip());
    assertFalse(ran.out().contains("sk-"), ran.out());
  }

  @Test
  void differencesForPrograms() {
    Ran ran = diff(BEFORE, AFTER, "--json");

    assertEquals(6, ran.json().size());
    assertEquals(
        "{\"change\":\"changed\",\"path\":\"routing.decisions[second].priority\","
            + "\"before\":20,\"after\":30}",
        ran.json().get(3).toString());
    assertEquals("reordered", ran.json().getLast().path("change").asText());
  }

  @Test
  void recipesAndEntryPointsAreComparedByName() {
    String before =
        """
        recipes:
          - {name: calm, routing: {decisions: [{name: d, priority: 1}]}}
          - {name: quick}
        entrypoints:
          - {model_names: [house/calm], recipe: calm}
          - {model_names: [house/quick], recipe: quick}
        """;
    String after =
        """
        recipes:
          - {name: calm, routing: {decisions: [{name: d, priority: 2}]}}
          - {name: quick}
        entrypoints:
          - {model_names: [house/calm, house/slow], recipe: calm}
          - {model_names: [house/quick], recipe: quick}
        """;

    assertEquals(
        List.of(
            "~ recipes[calm].routing.decisions[d].priority: 1 → 2",
            "+ entrypoints[calm].model_names[]: house/slow"),
        diff(before, after).out().lines().toList());
  }

  @Test
  void anAbsentValueAndNullAreTheSame() {
    Ran ran = diff("routing: {decisions: }\n", "routing: {}\nglobal: ~\n");

    assertEquals("", ran.out());
    assertEquals("gatun: no difference", ran.err().strip());
  }

  @Test
  void aFileThatIsNoYamlIsSaid() {
    Ran ran = diff("a: [1\n", "a: 1\n");

    assertEquals(ExitStatus.CONFIGURATION, ran.status());
    assertTrue(ran.err().contains("before.yaml:"), ran.err());
    assertEquals("", ran.out());
  }

  private Ran diff(String before, String after, String... options) {
    String one = file(temporary, "before.yaml", before).toString();
    String other = file(temporary, "after.yaml", after).toString();
    return run(
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of("config", "diff", one, other),
                java.util.Arrays.stream(options))
            .toArray(String[]::new));
  }
}
