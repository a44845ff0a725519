package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.file;
import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.cli.CommandLineFixture.Ran;
import dev.gatun.server.models.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTrainTest {
  private static final String[] BILLING = {
    "Why was my card charged twice this month?",
    "Please send the invoice for March again.",
    "I want a refund for the annual plan.",
    "The receipt shows the wrong VAT number.",
    "Can I pay by bank transfer instead of card?",
    "My subscription renewed although I cancelled it."
  };
  private static final String[] TECHNICAL = {
    "The app crashes when I open the settings page.",
    "I get error 502 from the API since this morning.",
    "How do I reset the device to factory settings?",
    "The firmware update stops at forty percent.",
    "Wi-Fi drops every few minutes after the upgrade.",
    "The export button does nothing in Firefox."
  };

  @TempDir private Path temporary;

  private Path examples(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append("{\"text\":\"").append(BILLING[i]).append("\",\"label\":\"billing\"}\n");
      lines.append("{\"text\":\"").append(TECHNICAL[i]).append("\",\"label\":\"technical\"}\n");
    }
    return file(temporary, "examples.jsonl", lines.toString());
  }

  private Ran train(Path input, Path out) {
    return run("model", "train", "--input", input.toString(), "--out", out.toString(), "--json");
  }

  @Test
  void aFewExamplesMakeAClassifierThatRuns() throws IOException {
    Path out = temporary.resolve("support");

    Ran trained = train(examples(6), out);

    assertEquals(0, trained.status(), trained.err());
    JsonNode outcome = trained.json().getFirst();
    assertEquals(6, outcome.path("labels").path("billing").asInt());
    assertTrue(outcome.path("accuracy").asDouble() > 0.7, outcome.toString());
    ModelCard card = ModelCard.read(out.resolve("card.yaml"));
    assertEquals("support", card.name());
    assertEquals(outcome.path("temperature").asDouble(), card.temperature().orElseThrow(), 1e-9);

    Path asked =
        file(
            temporary,
            "asked.jsonl",
            """
            {"id":"a","text":"I was billed two times, give me my money back"}
            {"id":"b","text":"the program freezes on start with a stack trace"}
            """);
    Ran classified =
        run("classify", "--model", out.toString(), "--input", asked.toString(), "--json");
    assertEquals(0, classified.status(), classified.err());
    assertEquals("billing", classified.json().get(0).path("label").asText());
    assertEquals("technical", classified.json().get(1).path("label").asText());
    JsonNode scores = classified.json().get(0).path("scores");
    assertEquals(1, scores.path("billing").asDouble() + scores.path("technical").asDouble(), 1e-9);

    assertEquals(0, run("model", "list", "--json").status());
  }

  @Test
  void aFewExamplesMakeNoClassifierThatIsCertainOfAnything() throws IOException {
    Path out = temporary.resolve("support");
    assertEquals(0, train(examples(6), out).status());
    JsonNode card = ModelCard.tree(out.resolve("card.yaml"));
    card.at("/thresholds/at_false_positive_rate/billing")
        .forEach(t -> assertTrue(t.asDouble() < 0.99, card.toString()));

    Path asked =
        file(
            temporary,
            "foreign.jsonl",
            """
            {"text":""}
            {"text":"zzz"}
            {"text":"What colour is a banana?"}
            """);
    Ran ran = run("classify", "--model", out.toString(), "--input", asked.toString(), "--json");
    for (JsonNode answer : ran.json()) {
      double surest = answer.path("scores").path(answer.path("label").asText()).asDouble();
      assertTrue(surest < 0.97, answer.toString());
    }
  }

  @Test
  void aTrainedClassifierIsVerifiedByItsProbeAndCanBeImported() throws IOException {
    Path out = temporary.resolve("support");
    assertEquals(0, train(examples(2), out).status());
    Ran verified = run("model", "verify", out.toString(), "--json");
    assertEquals(0, verified.status(), verified.out());
    assertTrue(verified.json().getFirst().has("difference"), verified.out());

    Path models = temporary.resolve("models");
    Ran imported =
        run("model", "import", out.toString(), "--name", "mine", "--models", models.toString());
    assertEquals(0, imported.status(), imported.err());
    Path mine = models.resolve("mine");
    Path asked = file(temporary, "asked.jsonl", "{\"text\":\"refund, please\"}\n");
    String[] classify = {"classify", "--input", asked.toString(), "--json", "--model", ""};
    classify[5] = out.toString();
    Ran own = run(classify);
    classify[5] = mine.toString();
    assertEquals(own.out(), run(classify).out());

    Path probe = mine.resolve("probe.json");
    Files.writeString(probe, Files.readString(probe).replaceFirst("\\[\\[-?[0-9]", "[[9"));
    assertTrue(run(classify).err().contains("the self-test fails"), "drifted");
  }

  @Test
  void aTrainedClassifierIsInspectedAndRunOverItsEncoder() throws IOException {
    Path out = temporary.resolve("support");
    assertEquals(0, train(examples(2), out).status());
    Ran inspected = run("model", "inspect", out.toString(), "--json");
    assertEquals(0, inspected.status(), inspected.err());
    JsonNode facts = inspected.json().getFirst();
    assertEquals("linear", facts.path("head").asText());
    assertEquals("all-MiniLM-L6-v2", facts.path("base").asText());
    assertEquals("[\"billing\",\"technical\"]", facts.path("labels").toString());

    String text = "{\"text\":\"refund, please\"}\n";
    Path asked = file(temporary, "asked.jsonl", text + "{\"ids\":[]}\n");
    String[] model = {"model", "run", "--model", out.toString(), "--input", asked.toString()};
    Ran ran = run(model);
    assertTrue(ran.err().contains("asked.jsonl:2: \"ids\" is empty"), ran.err());
    JsonNode row = ran.json().getFirst();
    assertEquals("billing", row.path("label").asText());

    file(temporary, "asked.jsonl", "{\"ids\":" + row.path("ids") + "}\n" + text);
    Ran again = run(model);
    assertEquals(0, again.status(), again.err());
    for (int label = 0; label < 2; label++) {
      double logit = row.path("logits").path(label).asDouble();
      assertEquals(logit, again.json().getFirst().path("logits").path(label).asDouble(), 1e-4);
    }
    model[1] = "tokenize";
    assertEquals(row.path("ids"), run(model).json().getLast().path("ids"));
    file(temporary, "asked.jsonl", text.replace("}", ",\"text_pair\":\"b\"}"));
    model[1] = "run";
    assertTrue(run(model).err().contains("\"text_pair\": a trained head"), "not passed over");
  }

  @Test
  void aTrainedClassifierCanBeCalibrated() throws IOException {
    Path out = temporary.resolve("support");
    assertEquals(0, train(examples(4), out).status());
    Path plot = temporary.resolve("plot.svg");

    Ran ran =
        run(
            "model",
            "calibrate",
            "--model",
            out.toString(),
            "--input",
            examples(6).toString(),
            "--at-precision",
            "0.9",
            "--plot",
            plot.toString(),
            "--json");

    assertEquals(0, ran.status(), ran.err());
    JsonNode told = ran.json().getFirst();
    assertEquals(12, told.path("rows").asInt());
    assertTrue(told.path("temperature").asDouble() > 0, told.toString());
    JsonNode billing = told.path("thresholds").path("billing").path(0);
    assertTrue(billing.path("precision").asDouble() >= 0.9, told.toString());
    assertTrue(Files.readString(plot).startsWith("<svg"));
  }

  @Test
  void anEmbeddedClassifierCanBeCalibrated() {
    Path input =
        file(
            temporary,
            "in.jsonl",
            """
            {"text":"Draw a red fox","label":"DIFFUSION"}
            {"text":"What is the capital of France?","label":"AR"}
            """);
    Ran ran = run("model", "calibrate", "--model", "gatun-modality", "--input", input.toString());
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("2 rows: accuracy"), ran.out());
    assertTrue(ran.out().contains("false_positive_rate"), ran.out());
  }

  /** With the temperature that is told, the model is as sure as is told: of its words as well. */
  @Test
  void whatIsCalibratedIsWhatIsServed() throws IOException {
    Path input =
        file(
            temporary,
            "in.jsonl",
            """
            {"text":"when was Bach born","label":"needs_fact_check"}
            {"text":"write a short poem about rain","label":"no_fact_check_needed"}
            """);
    Path model = Files.createDirectory(temporary.resolve("own"));
    Path from = Path.of(System.getProperty("gatun.models"), "gatun-fact_check");
    for (String name :
        List.of(
            "adapter_config.json", "adapter_model.safetensors", "label_mapping.json", "words.gz")) {
      Files.copy(from.resolve(name), model.resolve(name));
    }
    String card = Files.readString(from.resolve("card.yaml"));
    Path copied = Files.writeString(model.resolve("card.yaml"), card);

    Ran calibrated =
        run(
            "model",
            "calibrate",
            "--model",
            model.toString(),
            "--input",
            input.toString(),
            "--json");

    assertEquals(0, calibrated.status(), calibrated.err());
    JsonNode told = calibrated.json().getFirst();
    String temperature = "temperature: " + told.path("temperature").asText();
    Files.writeString(copied, card.replaceFirst("temperature: [0-9.]+", temperature));
    double sure = 0;
    for (JsonNode bin : told.path("reliability")) {
      sure += bin.path("count").asInt() * bin.path("confidence").asDouble();
    }
    Ran served = run("classify", "--model", model.toString(), "--input", input.toString());
    double surest = 0;
    for (JsonNode row : served.json()) {
      surest += row.path("scores").valueStream().mapToDouble(JsonNode::asDouble).max().orElse(0);
    }
    assertEquals(surest, sure, 1e-6, served.out());
  }

  @Test
  void whatCannotBeTrainedOnIsNamedAndNothingIsWritten() {
    Path out = temporary.resolve("never");
    Path bad = file(temporary, "bad.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\"}\n");
    Ran ran = train(bad, out);
    assertEquals(ExitStatus.FAILED, ran.status());
    assertTrue(ran.err().contains("bad.jsonl:2: \"label\" is missing"), ran.err());

    Path one = file(temporary, "one.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n".repeat(3));
    assertTrue(train(one, out).err().contains("knows one label only"), "one label");

    Path lonely =
        file(
            temporary,
            "lonely.jsonl",
            "{\"text\":\"a\",\"label\":\"x\"}\n".repeat(2) + "{\"text\":\"b\",\"label\":\"y\"}\n");
    assertTrue(train(lonely, out).err().contains("a single example of [y]"), "lonely");
    assertFalse(Files.exists(out));
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    Path out = Files.createDirectory(temporary.resolve("there"));
    Ran ran = train(examples(2), out);
    assertEquals(ExitStatus.FAILED, ran.status());
    assertTrue(ran.err().contains("exists already"), ran.err());
  }
}
