package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.file;
import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.cli.CommandLineFixture.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A classifier that the user trained, in a configuration. */
class OwnModelTest {
  private static final List<String> BILLING =
      List.of(
          "Why was my card charged twice this month?",
          "Please send the invoice for March again.",
          "I want a refund for the annual plan.",
          "The receipt shows the wrong VAT number.",
          "Can I pay by bank transfer instead of card?",
          "My subscription renewed although I cancelled it.");
  private static final List<String> TECHNICAL =
      List.of(
          "The app crashes when I open the settings page.",
          "I get error 502 from the API since this morning.",
          "How do I reset the device to factory settings?",
          "The firmware update stops at forty percent.",
          "Wi-Fi drops every few minutes after the upgrade.",
          "The export button does nothing in Firefox.");

  private static final String CONFIG =
      """
      version: v0.3
      providers:
        defaults: { default_model: small }
        models:
          - { name: small, backend_refs: [{ endpoint: "127.0.0.1:9" }] }
      routing:
        modelCards: [{ name: small }]
        signals:
          domains: [{ name: billing }, { name: technical }]
          jailbreak: [{ name: attack, threshold: 0.5 }]
        decisions:
          - name: money
            priority: 2
            rules: { type: domain, name: billing }
            modelRefs: [{ model: small }]
          - name: repair
            priority: 1
            rules: { type: domain, name: technical }
            modelRefs: [{ model: small }]
          - name: guarded
            rules: { type: jailbreak, name: attack }
            modelRefs: [{ model: small }]
      global:
        model_catalog:
          modules:
            classifier: { domain: { model_id: ./support, threshold: 0.3 } }
      """;

  @TempDir private Path temporary;

  private String config = "";

  @BeforeEach
  void train() {
    StringBuilder lines = new StringBuilder();
    BILLING.forEach(text -> lines.append(row(text, "billing")));
    TECHNICAL.forEach(text -> lines.append(row(text, "technical")));
    Path examples = file(temporary, "examples.jsonl", lines.toString());
    Ran trained =
        run(
            "model",
            "train",
            "--input",
            examples.toString(),
            "--out",
            temporary.resolve("support").toString());
    assertEquals(0, trained.status(), trained.err());
    config = file(temporary, "config.yaml", CONFIG).toString();
  }

  private static String row(String text, String label) {
    return "{\"text\":\"" + text + "\",\"label\":\"" + label + "\"}\n";
  }

  @Test
  void itDecides() {
    assertEquals("money", decision("The invoice was charged to my card twice."));
    assertEquals("repair", decision("After the firmware update the app crashes."));
  }

  private String decision(String text) {
    Ran ran = run("eval", "--config", config, "--prompt", text, "--json");
    assertEquals(0, ran.status(), ran.err());
    return ran.json().getFirst().path("routing_decision").asText();
  }

  @Test
  void itIsValidAndNamed() {
    Ran valid = run("validate", "--config", config, "--strict");
    assertEquals(0, valid.status(), valid.err());
    assertTrue(!valid.err().contains("not on this machine"), valid.err());

    List<JsonNode> planned = run("plan", "--config", config, "--json").json();
    JsonNode own =
        planned.stream()
            .filter(model -> model.path("name").asText().equals("support"))
            .findFirst()
            .orElseThrow();
    assertEquals("here", own.path("state").asText());
    assertEquals("[\"domain\"]", own.path("asked_by").toString());
    assertTrue(own.path("bytes").asLong() > 1_000, own.toString());
    JsonNode trunk = planned.getFirst();
    assertEquals("all-MiniLM-L6-v2", trunk.path("name").asText());
    assertEquals("[\"domain\",\"jailbreak\"]", trunk.path("asked_by").toString(), "it is over it");

    Ran listed = run("model", "list", "--config", config);
    assertTrue(
        listed.out().lines().anyMatch(l -> l.matches("support .* configured .*")), listed.out());
  }

  @Test
  void theDoctorTellsWhatItCosts() {
    Ran ran = run("doctor", "models", "--config", config, "--json");
    assertEquals(0, ran.status(), ran.err());
    JsonNode plan = ran.json().getFirst();
    assertEquals("[\"domain\",\"jailbreak\"]", plan.path("asked_by").toString());
    assertEquals("shared-bottom", plan.path("design").asText());
    double passes = plan.path("layer_passes").asDouble();
    assertTrue(passes >= 6 && passes < 12, plan.toString());

    Ran table = run("doctor", "models", "--config", config);
    assertTrue(table.out().contains("domain, jailbreak"), table.out());
  }

  /** Folders of several tasks may have one name, such as that of a version. */
  @Test
  void modelsOfOneNameAreToldApart() throws IOException {
    Path first = Files.createDirectories(temporary.resolve("domain")).resolve("v2");
    Path second = Files.createDirectories(temporary.resolve("other")).resolve("v2");
    Files.move(temporary.resolve("support"), first);
    Files.createDirectory(second);
    String both =
        CONFIG.replace("./support", "./domain/v2")
            + "      prompt_guard: { model_id: ./other/v2 }\n";
    String file = file(temporary, "both.yaml", both).toString();

    Ran planned = run("plan", "--config", file, "--json");
    List<String> names = planned.json().stream().map(model -> model.path("name").asText()).toList();
    assertTrue(names.contains(first.toString()), planned.out() + planned.err());
    assertTrue(names.contains(second.toString()), planned.out() + planned.err());

    String lazy = file(temporary, "lazy.yaml", both + "  native: { load: lazy }\n").toString();
    Ran evaluated = run("eval", "--config", lazy, "--prompt", "Hello", "--json");
    assertEquals(1, evaluated.status(), evaluated.out());
    assertTrue(evaluated.err().contains(second + ": "), evaluated.err());
  }

  /** Preferences are compared by a model of their own, and nothing else is. */
  @Test
  void preferencesHaveTheirEncoder() throws IOException {
    Path mine = temporary.resolve("mine");
    Files.createDirectories(mine.resolve("1_Pooling"));
    Path embedded = Path.of(System.getProperty("gatun.models")).resolve("all-MiniLM-L6-v2");
    for (String name :
        List.of(
            "config.json",
            "model.safetensors",
            "tokenizer.json",
            "modules.json",
            "1_Pooling/config.json")) {
      Files.copy(embedded.resolve(name), mine.resolve(name));
    }
    String text =
        CONFIG
            .replace(
                "    jailbreak:",
                "    preferences: [{ name: code, examples: [a bug in my loop], threshold: 0.5 }]\n"
                    + "    jailbreak:")
            .replace("{ type: domain, name: technical }", "{ type: preference, name: code }")
            .replace("domain: {", "preference: { embedding_model: ./mine }, domain: {");
    String file = file(temporary, "preferences.yaml", text).toString();

    Ran planned = run("plan", "--config", file, "--json");
    JsonNode model =
        planned.json().stream()
            .filter(m -> m.path("name").asText().equals("mine"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(planned.out() + planned.err()));
    assertEquals("[\"preference\"]", model.path("asked_by").toString());

    Ran ran = run("eval", "--config", file, "--prompt", "There is a bug in my loop", "--json");
    assertEquals(0, ran.status(), ran.err());
    JsonNode answer = ran.json().getFirst();
    JsonNode matched = answer.at("/decision_result/matched_signals/preferences");
    assertEquals("[\"code\"]", matched.toString(), ran.out());
    assertEquals("[]", answer.path("degraded_signals").toString());
  }

  @Test
  void oneThatIsNotThereStopsTheStart() {
    String other =
        file(temporary, "other.yaml", CONFIG.replace("./support", "./nowhere")).toString();
    Ran valid = run("validate", "--config", other);
    assertEquals(0, valid.status(), valid.err());
    assertTrue(
        (valid.out() + valid.err()).contains("\"./nowhere\" is not on this machine"), valid.err());

    Ran served = run("serve", "--config", other, "--port", "0", "--management-port", "0");
    assertEquals(3, served.status(), served.err());
    assertTrue(served.err().contains("\"./nowhere\" is not on this machine"), served.err());
  }
}
