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

  /** A detector that rules ask stops a start, in either semantics (spec signals §0.2). */
  @Test
  void aDetectorThatIsSwitchedOffIsToldAndRefusedByServe() {
    String text =
        """
        version: v0.3
        providers: {models: [{name: m, backend_refs: [{endpoint: "127.0.0.1:1"}]}]}
        routing:
          modelCards: [{name: m}]
          signals: {jailbreak: [{name: a}]}
          decisions: [{name: d, rules: {type: jailbreak, name: a}, modelRefs: [{model: m}]}]
        global:
          router: {compatibility: %s, degraded_start: %s}
          model_catalog: {modules: {prompt_guard: {enabled: false}}}
        """;
    for (String words : List.of("gatun", "upstream-0.3")) {
      Path file = file(temporary, words + ".yaml", text.formatted(words, false));
      Ran ran = run("validate", file.toString());

      assertEquals(0, ran.status(), ran.out());
      assertTrue(ran.out().contains("prompt_guard is not enabled"), ran.out());
      assertTrue(ran.out().contains("--allow-unsupported starts without"), ran.out());
      Ran started = run("serve", "--config", file.toString(), "--port", "0");
      assertEquals(ExitStatus.CONFIGURATION, started.status(), started.err());
      assertTrue(started.err().contains("prompt_guard is not enabled"), started.err());
      Path degraded = file(temporary, words + "-2.yaml", text.formatted(words, true));
      String quiet = run("validate", degraded.toString()).out();
      assertTrue(quiet.contains("prompt_guard is not enabled"), quiet);
      assertFalse(quiet.contains("--allow-unsupported"), quiet);
    }
  }

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
      assertFalse(ran.err().contains("semantics"), ran.err());
      ran.out()
          .lines()
          .forEach(problem -> assertTrue(problem.matches(".+:\\d+:\\d+ \\S+ — .+ — .+"), problem));
    }
  }

  @Test
  void productionRefusesWhatMoves() {
    String moving =
        """
        version: v0.3
        listeners: [{ address: 127.0.0.1, port: 8899 }]
        providers:
          defaults: { default_model: m }
          models:
            - name: m
              provider_model_id: acme/m:latest
              backend_refs: [{ endpoint: 127.0.0.1:9001 }]
        routing: { modelCards: [{ name: m }] }
        """;
    Path file = file(temporary, "moving.yaml", moving);
    assertEquals(0, run("validate", file.toString()).status());
    Ran ran = run("config", "validate", "--production", file.toString(), "--json");
    assertEquals(ExitStatus.CONFIGURATION, ran.status(), ran.err());
    assertEquals(1, ran.json().size(), ran.out());
    var found = ran.json().getFirst();
    assertEquals("error", found.path("severity").asText());
    assertEquals(7, found.path("line").asInt());
    assertEquals(26, found.path("column").asInt());
    assertEquals("providers.models[0].provider_model_id", found.path("key").asText());
    assertTrue(found.path("hint").asText().contains("version"), ran.out());
    Path pinned = file(temporary, "pinned.yaml", moving.replace(":latest", ":1.4"));
    assertEquals(0, run("validate", "--production", "--config", pinned.toString()).status());
    Path misspelt = file(temporary, "misspelt.yaml", moving.replace(":latest", "") + "globl: {}\n");
    assertEquals(0, run("validate", misspelt.toString()).status());
    assertEquals(
        ExitStatus.CONFIGURATION, run("validate", "--production", misspelt.toString()).status());
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

  @Test
  void anUnknownKeyIsAWarningUnlessStrict() {
    Path file =
        file(
            temporary,
            "typo.yaml",
            "version: v0.3\nrouting:\n  modelCards: []\n  modelCrads: []\n");
    for (String command : List.of("validate", "config show", "eval --prompt hello")) {
      String[] lenient = (command + " --config " + file).split(" ");
      String[] strict = (command + " --strict --config " + file).split(" ");
      Ran warned = run(lenient);
      Ran refused = run(strict);

      assertEquals(ExitStatus.OK, warned.status(), warned.err());
      assertEquals(ExitStatus.CONFIGURATION, refused.status(), refused.err());
      for (Ran ran : List.of(warned, refused)) {
        String told = ran.out() + ran.err();
        assertTrue(told.contains("typo.yaml:4:3 routing.modelCrads"), told);
        assertTrue(told.contains("did you mean \"modelCards\"?"), told);
      }
    }
    Ran served = run("serve", "--strict", "--config", file.toString());
    assertEquals(ExitStatus.CONFIGURATION, served.status(), served.err());
    assertTrue(served.err().contains("modelCrads"), served.err());
  }

  @Test
  void rulesThatDependOnTheSemanticsAreNamed() {
    Path file =
        file(
            temporary,
            "two.yaml",
            """
            version: v0.3
            routing:
              signals:
                keywords:
                  - {name: one, operator: OR, keywords: [a]}
                  - {name: two, operator: OR, keywords: [b]}
              decisions:
                - name: d
                  rules:
                    operator: OR
                    conditions: [{type: keyword, name: one}, {type: keyword, name: two}]
            """);
    String path = file.toString();

    Ran plain = run("validate", path);
    assertTrue(plain.err().contains("keyword matches: routing.signals.keywords[1]"), plain.err());
    assertTrue(plain.err().contains("--semantic-diff upstream-0.3"), plain.err());
    Ran listed = run("validate", "--semantic-diff", "upstream-0.3", path);
    assertEquals(0, listed.status(), listed.err());
    assertTrue(
        listed.out().lines().anyMatch(l -> l.contains("two.yaml:6:") && l.contains("gatun: ")),
        listed.out());
    assertTrue(listed.err().contains("1 rule with another result"), listed.err());
    Ran same = run("validate", "--semantic-diff", "gatun", path);
    assertTrue(same.err().contains("already"), same.err());
    Ran json = run("validate", "--json", "--semantic-diff", "upstream-0.3", path);
    assertTrue(
        json.json().stream().anyMatch(d -> d.path("severity").asText().equals("difference")),
        json.out());
    Ran sarif = run("validate", "--format", "sarif", "--semantic-diff", "upstream-0.3", path);
    assertTrue(sarif.out().contains("\"level\":\"note\""), sarif.out());
    Ran upstream =
        run("validate", "--compatibility", "upstream-0.3", "--semantic-diff", "gatun", path);
    assertTrue(upstream.err().contains("1 rule with another result"), upstream.err());
  }

  /** Headers for a backend are credentials, whatever they are called. */
  @Test
  void noSecretIsShown() {
    Path file =
        file(
            temporary,
            "secrets.yaml",
            """
            version: v0.3
            providers:
              defaults: { default_model: s }
              models:
                - name: s
                  backend_refs:
                    - endpoint: "127.0.0.1:1"
                      api_key: sk-one
                      extra_headers: { x-auth: sk-two }
            routing:
              modelCards: [{ name: s }]
            """);
    for (String command : new String[] {"effective", "show"}) {
      Ran ran = run("config", command, "--config", file.toString());
      assertEquals(0, ran.status(), ran.err());
      assertTrue(ran.out().contains("***"), ran.out());
      assertFalse(ran.out().contains("sk-"), ran.out());
    }
  }

  @Test
  void theEffectiveConfigurationHidesSecrets() {
    Path file =
        file(
            temporary,
            "effective.yaml",
            """
            version: v0.3
            providers:
              models: [{name: m, backend_refs: [{endpoint: "h:1", api_key: sk-do-not-show}]}]
            routing: {modelCards: [{name: m}]}
            """);
    Ran shown = run("config", "effective", "--config", file.toString());
    assertEquals(0, shown.status(), shown.err());
    assertTrue(shown.out().contains("auto_model_name"), shown.out());
    assertFalse(shown.out().contains("sk-do-not-show"), shown.out());
    assertEquals("primary", backend(file, "gatun"));
    assertEquals("m_primary", backend(file, "upstream-0.3"));
  }

  /** The name that the first backend comes to; v0.3 puts the model's before it. */
  private static String backend(Path file, String compatibility) {
    Ran ran =
        run(
            "config",
            "effective",
            "--json",
            "--compatibility",
            compatibility,
            "--config",
            file.toString());
    return ran.json().getFirst().at("/providers/models/0/backend_refs/0/name").asText();
  }

  @Test
  void modelsThatAreNotThereAreNamed() {
    Path file =
        file(
            temporary,
            "models.yaml",
            """
            version: v0.3
            routing:
              signals: {domains: [{name: math, mmlu_categories: [math]}]}
              decisions: [{name: d, rules: {type: domain, name: math}}]
            global: {native: {models_dir: /nowhere/at/all}}
            """);
    Ran ran = run("validate", file.toString());

    assertEquals(0, ran.status(), ran.err());
    assertTrue(
        ran.out()
            .lines()
            .anyMatch(l -> l.contains("models_dir") && l.contains("is not in /nowhere/at/all")),
        ran.out());
  }
}
