package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.file;
import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.cli.CommandLineFixture.Ran;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What offline dry runs read of a row, and what they say of it. */
class EvalRowsTest {
  private static final String CONFIG =
      """
      version: v0.3
      providers:
        defaults: { default_model: often }
        models:
          - { name: often, backend_refs: [{ endpoint: "127.0.0.1:9" }] }
          - { name: rare, backend_refs: [{ endpoint: "127.0.0.1:9" }] }
      routing:
        modelCards: [{ name: often }, { name: rare }]
        decisions:
          - name: split
            modelRefs: [{ model: often, weight: 3 }, { model: rare, weight: 1 }]
      """;

  @TempDir private Path temporary;

  @Test
  void whatExpectDoesNotKnowIsRefusedByItsLine() {
    String expect = "{\"decision\":\"coding\",\"modle\":\"x\"}";
    Path input = file(temporary, "in.jsonl", "{\"text\":\"a regex\",\"expect\":" + expect + "}\n");
    Ran ran = run("eval", "--input", input.toString());
    assertEquals(ExitStatus.FAILED, ran.status());
    assertTrue(ran.err().contains("in.jsonl:1: expect.modle is not known"), ran.err());
    assertEquals(
        ExitStatus.USAGE,
        run("eval", "--input", input.toString(), "--url", "http://127.0.0.1:9").status(),
        "nobody is asked there");
  }

  private static String deciding(String signals, String type, String name) {
    return CONFIG
        .replace("  decisions:", "  signals: {" + signals + "}\n  decisions:")
        .replace(
            "name: split", "name: split\n      rules: {type: " + type + ", name: " + name + "}");
  }

  @Test
  void aTextHasMetadataAsMessagesHave() {
    String rules = deciding("events: [{name: ev, severities: [critical]}]", "event", "ev");
    Path config = file(temporary, "config.yaml", rules);
    Path input =
        file(
            temporary,
            "in.jsonl",
            "{\"text\":\"hello\",\"metadata\":{\"severity\":\"critical\"}}\n");
    Ran ran = run("eval", "--config", config.toString(), "--input", input.toString(), "--json");
    assertEquals("split", ran.json().getFirst().path("routing_decision").asText(), ran.err());
  }

  @Test
  void whatWouldBeRefusedIsNotWhatWasExpected() {
    String rules =
        deciding("keywords: [{name: k, operator: OR, keywords: [hi]}]", "keyword", "k")
            .replace("signals: {", "signals: {jailbreak: [{name: j}], ")
            .replace(
                "{type: keyword, name: k}",
                "{operator: OR, conditions: [{type: keyword, name: k},"
                    + " {type: jailbreak, name: j}]}")
            .concat(
                "global: {router: {signals: {families: {jailbreak:"
                    + " {deadline: 1ms, on_failure: closed}}}}}\n");
    Path config = file(temporary, "config.yaml", rules);
    String text = "hi there ".repeat(2_000);
    Path input = file(temporary, "in.jsonl", "{\"text\":\"" + text + "\",\"expect\":\"split\"}\n");
    Ran ran = run("eval", "--config", config.toString(), "--input", input.toString(), "--json");
    JsonNode answer = ran.json().getFirst();
    assertTrue(answer.path("refused").asBoolean(), answer.toString());
    assertEquals("", answer.path("routing_decision").asText());
    assertTrue(answer.path("recommended_models").isEmpty(), answer.toString());
    assertEquals(false, answer.path("expect_met").asBoolean(true));
  }

  @Test
  void examplesThatNothingStandsForAreNamed() {
    String candidates =
        "apples, quantum physics, tax law, jazz music, football scores, ocean waves,"
            + " car engines, bread recipes, roman history, zebra crossing rules";
    String rules =
        deciding("embeddings: [{name: e, candidates: [" + candidates + "]}]", "embedding", "e");
    Path config = file(temporary, "config.yaml", rules);
    Ran ran = run("eval", "--config", config.toString(), "--prompt", "hello");
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.err().contains("so no prototype stands for \""), ran.err());
  }
}
