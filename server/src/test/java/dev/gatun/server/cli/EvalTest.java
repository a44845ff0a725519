package dev.gatun.server.cli;

import static dev.gatun.server.cli.CommandLineFixture.file;
import static dev.gatun.server.cli.CommandLineFixture.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.GatunServer;
import dev.gatun.server.ServeOptions;
import dev.gatun.server.ServePorts;
import dev.gatun.server.cli.CommandLineFixture.Ran;
import dev.gatun.server.config.ConfigSource;
import dev.gatun.server.http.FakeBackend;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that talk to a router, against the starter configuration. */
class EvalTest {
  private static final String NOWHERE = "http://127.0.0.1:9";
  private static final String WEIGHTED =
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

  private static GatunServer server;

  @TempDir private Path temporary;

  @BeforeAll
  static void start() throws Exception {
    server =
        GatunServer.start(
            ServeOptions.of(new ConfigSource.Starter())
                .withPorts(ServePorts.free())
                .withDrain(Duration.ZERO));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** The name that is asked for chooses the recipe, unless a line has its own. */
  @Test
  void aRecipeIsAskedForByAModelName() {
    Path recipes =
        file(
            temporary,
            "recipes.yaml",
            WEIGHTED
                + """
                recipes:
                  - name: rarely
                    routing:
                      decisions: [{ name: always_rare, modelRefs: [{ model: rare }] }]
                entrypoints: [{ model_names: [house/rare], recipe: rarely }]
                """);
    String config = recipes.toString();
    Path input =
        file(temporary, "in.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\",\"model\":\"auto\"}\n");
    Ran ran =
        run(
            "eval",
            "--config",
            config,
            "--input",
            input.toString(),
            "--model",
            "house/rare",
            "--json");

    assertEquals(0, ran.status(), ran.err());
    assertEquals("always_rare", ran.json().get(0).path("routing_decision").asText());
    assertEquals("split", ran.json().get(1).path("routing_decision").asText());
    Ran shown =
        run("eval", "--config", config, "--prompt", "a", "--model", "house/rare", "--trace");
    assertTrue(shown.out().contains("recipe    rarely"), shown.out());
  }

  @Test
  void offlineAndOnlineAgree() {
    Path input = file(temporary, "in.jsonl", "{\"id\":\"q\",\"text\":\"please refactor this\"}\n");
    Ran offline = run("eval", "--input", input.toString(), "--json");
    Ran online =
        run(
            "eval",
            "--prompt",
            "please refactor this",
            "--json",
            "--endpoint",
            server.management().toString());

    assertEquals(0, offline.status(), offline.err());
    assertEquals(0, online.status(), online.err());
    assertEquals("q", offline.json().getFirst().path("id").asText());
    assertEquals("coding", offline.json().getFirst().at("/decision_result/decision_name").asText());
    assertEquals(
        offline.json().getFirst().path("decision_result"),
        online.json().getFirst().path("decision_result"));
  }

  @Test
  void theTraceSaysHowEncodersCompute() {
    Path input = file(temporary, "in.jsonl", "{\"text\":\"integrate sine over a period\"}\n");
    Ran ran = run("eval", "--input", input.toString(), "--json", "--trace");
    JsonNode plan = ran.json().getFirst().at("/encoder_plans/0");
    assertEquals("gatun-domain", plan.path("model").asText(), ran.out());
    assertEquals("domain", plan.at("/signals/0").asText());
    assertEquals("shared-bottom", plan.path("plan").asText());
    assertEquals(6, plan.path("layers").asInt());
    assertTrue(plan.path("rows").asInt() > 3, plan::toString);
    JsonNode said = ran.json().getFirst().at("/classifier_trace/0");
    assertEquals("domain", said.path("task").asText());
    assertTrue(said.path("scores").has("math") && said.path("raw").has("math"), said::toString);
  }

  @Test
  void aLineMayBeABodyOfAnthropicMessages() {
    String body =
        "{\"id\":\"m\",\"system\":\"Answer\",\"messages\":[{\"role\":\"user\",\"content\":"
            + "[{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":\"ok\"},"
            + "{\"type\":\"text\",\"text\":\"write a regex\"}]}]}\n";
    Path input = file(temporary, "in.jsonl", body);
    JsonNode answer = run("eval", "--input", input.toString(), "--json").json().getFirst();
    assertEquals("m", answer.path("id").asText());
    assertEquals("coding", answer.at("/decision_result/decision_name").asText(), answer::toString);
    assertEquals("anthropic", answer.path("client_protocol").asText());
  }

  /** Whoever runs plugins is told which; that this build does not, it says on standard error. */
  @Test
  void pluginsOfTheDecisionAreHandedOver() {
    String plugins =
        """
              plugins:
                - { type: fast_response, configuration: { message: No } }
                - { type: semantic_cache, configuration: { enabled: true } }
                - { type: memory, configuration: { enabled: false } }
        """;
    String config = file(temporary, "plugins.yaml", WEIGHTED + plugins).toString();
    Ran ran = run("eval", "--config", config, "--prompt", "a", "--json");
    assertEquals(
        "[\"fast_response\",\"semantic-cache\"]",
        ran.json().getFirst().at("/decision_result/plugins").toString(),
        ran.err());
    assertTrue(ran.err().contains("the plugin fast_response"), ran.err());
  }

  @Test
  void aSummaryForPeople() {
    Ran ran =
        run(
            "eval",
            "--messages",
            "[{\"role\":\"user\",\"content\":\"write a regex\"}]",
            "--endpoint",
            server.management().toString());

    assertTrue(ran.out().contains("decision  coding"), ran.out());
    assertTrue(ran.out().contains("code_words"), ran.out());
  }

  @Test
  void aLineWithoutTextIsNamed() {
    Path input = file(temporary, "in.jsonl", "{\"id\":1}\n{\"id\":2,\"text\":\"hello\"}\n");
    Ran ran = run("eval", "--input", input.toString(), "--json");

    assertEquals(ExitStatus.FAILED, ran.status());
    assertEquals(1, ran.json().size());
    assertTrue(ran.err().contains("in.jsonl:1: "), ran.err());
  }

  @Test
  void anExpectedDecisionThatIsNotThereIsNamedOnce() {
    Path input =
        file(
            temporary,
            "in.jsonl",
            """
            {"text":"please refactor this","expect":"codng"}
            {"text":"write a regex","expect":{"decision":"codng"}}
            {"text":"hello","expect":"something else"}
            {"text":"hello","expect":""}
            {"text":"hello","expect":"reasoning"}
            """);
    Ran ran = run("eval", "--input", input.toString(), "--json");

    assertEquals(0, ran.status(), ran.err());
    List<String> told = ran.err().lines().filter(line -> line.contains("is named")).toList();
    String none = "gatun: no decision of the configuration is named ";
    assertEquals(
        List.of(
            none + "\"codng\", which 2 rows expect: did you mean \"coding\"?",
            none + "\"something else\", which 1 row expects"),
        told);
    assertTrue(ran.err().contains("as expected 0 of 5 rows"), ran.err());
  }

  private static final String EXPECTING =
      """
      {"id":"a","text":"please refactor this","expect":"coding"}
      {"id":"b","text":"please refactor that","expect":"math"}
      {"id":"c","text":"write a regex","expect":{"decision":"coding","model":"nobody"}}
      {"id":"d","text":"write a regex","expect":null}
      {"id":"e","text":"hello","expect":7}
      """;

  @Test
  void whatIsExpectedIsComparedAndSummedUp() {
    Path input = file(temporary, "in.jsonl", EXPECTING);
    Ran ran = run("eval", "--input", input.toString());

    assertEquals(ExitStatus.FAILED, ran.status(), "one line expects a number");
    assertTrue(ran.err().contains("in.jsonl:5: expect must be the name of a decision"), ran.err());
    List<String> lines = ran.out().lines().toList();
    assertTrue(lines.get(0).startsWith("a  coding  "), ran.out());
    assertTrue(lines.get(1).endsWith("  not as expected"), ran.out());
    assertLine("decision( +)rows +share +expected +found +precise", ran);
    assertLine("coding +4 +100.0% +2 +100.0% +66.7%", ran);
    assertLine("math +0 +0.0% +1 +0.0% +-", ran);
    assertLine(
        "routing time  p50 [0-9.]+ ms  p90 [0-9.]+ ms  p99 [0-9.]+ ms  most [0-9.]+ ms", ran);
    assertLine("as expected 1 of 3 rows \\(33.3%\\)", ran);
    assertLine(" +1  expected math, came to coding", ran);
    assertLine(" +1  expected model nobody, came to .+", ran);
  }

  private static void assertLine(String pattern, Ran ran) {
    assertTrue(ran.out().lines().anyMatch(line -> line.matches(pattern)), pattern + ran.out());
  }

  @Test
  void withJsonTheSummaryIsNoOutput() {
    Path input = file(temporary, "in.jsonl", EXPECTING);
    Ran ran = run("eval", "--input", input.toString(), "--json");

    assertEquals(4, ran.json().size());
    assertEquals(true, ran.json().get(0).path("expect_met").booleanValue());
    assertEquals("math", ran.json().get(1).path("expect").asText());
    assertEquals(false, ran.json().get(1).path("expect_met").booleanValue());
    assertTrue(ran.json().get(3).path("expect_met").isMissingNode());
    assertTrue(ran.err().contains("as expected 1 of 3 rows"), ran.err());
  }

  @Test
  void aPromptWithAConfigurationNeedsNoRouter() {
    Path config = file(temporary, "config.yaml", WEIGHTED);
    Ran ran =
        run("eval", "--config", config.toString(), "--prompt", "hello", "--endpoint", NOWHERE);

    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("decision  split"), ran.out());
    assertEquals(3, run("eval", "--config", "no file", "--prompt", "hello").status());
    assertEquals(
        1, run("eval", "--config", config.toString(), "--prompt", " ").status(), "no text");
  }

  @Test
  void anOfflineRouterAsksLanguageModelsOfOtherProcesses() {
    String reply =
        "{\"choices\":[{\"message\":{\"content\":\"{'route': 'verse', 'confidence': 0.5}\"}}]}";
    try (FakeBackend model = FakeBackend.start(call -> call.json(200, reply))) {
      String asking =
          WEIGHTED
              .replace("  decisions:", "  signals: {preferences: [{name: verse}]}\n  decisions:")
              .replace("name: split", "name: split\n      rules: {type: preference, name: verse}")
              .concat(
                  "global: {model_catalog: {external: [{model_role: preference, llm_model_name: m,"
                      + " llm_endpoint: {address: 127.0.0.1, port: "
                      + model.port()
                      + "}}], modules: {classifier: {preference: {use_contrastive: false}}}}}\n");
      Path config = file(temporary, "config.yaml", asking);
      Ran ran = run("eval", "--config", config.toString(), "--prompt", "a sonnet", "--json");

      assertEquals(0, ran.status(), ran.err());
      JsonNode result = ran.json().getFirst().path("decision_result");
      assertEquals("split", result.path("decision_name").asText(), ran.out());
      assertEquals(0.5, result.path("confidence").asDouble(), ran.out());
      assertEquals("verse", result.at("/matched_signals/preferences/0").asText(), ran.out());
    }
  }

  @Test
  void weightsSpreadRowsByTheirIdAndKeepASessionTogether() {
    Path config = file(temporary, "config.yaml", WEIGHTED);
    StringBuilder rows = new StringBuilder();
    StringBuilder session = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      rows.append("{\"id\":\"r").append(i).append("\",\"text\":\"hello\"}\n");
      session.append("{\"text\":\"hello\",\"headers\":{\"X-Session-Id\":\"s\"}}\n");
    }
    long rare = chosen(config, rows.toString(), "rare");

    assertTrue(rare > 60 && rare < 140, rare + " of 400 went to a share of one in four");
    assertEquals(rare, chosen(config, rows.toString(), "rare"), "the same ids, the same models");
    assertEquals(0, chosen(config, session.toString(), "rare") % 400);
  }

  private long chosen(Path config, String rows, String model) {
    Path input = file(temporary, "rows.jsonl", rows);
    Ran ran = run("eval", "--config", config.toString(), "--input", input.toString(), "--json");
    assertEquals(0, ran.status(), ran.err());
    return ran.json().stream()
        .filter(row -> row.path("selected_model").asText().equals(model))
        .count();
  }

  @Test
  void messagesWithoutTextGoToTheDefaultModel() {
    Path config = file(temporary, "config.yaml", WEIGHTED);
    Path input =
        file(
            temporary,
            "in.jsonl",
            """
            {"messages":[{"role":"user","content":[{"type":"image_url"}]}]}
            """);
    Ran ran = run("eval", "--config", config.toString(), "--input", input.toString(), "--json");

    assertEquals(0, ran.status(), ran.err());
    assertEquals("", ran.json().getFirst().at("/decision_result/decision_name").asText());
    assertEquals("often", ran.json().getFirst().path("selected_model").asText());
  }

  @Test
  void chatStreamsTheAnswerAndSaysWhoGaveIt() {
    Ran ran =
        run("chat", "please", "refactor", "this", "--url", server.data().getFirst().toString());

    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("demo-expert"), ran.out());
    assertTrue(ran.err().contains("answered by demo-expert (decision coding"), ran.err());
  }

  @Test
  void chatShowsTheWholeAnswerAsJson() {
    Ran ran = run("chat", "hello there", "--json", "--url", server.data().getFirst().toString());

    assertEquals(0, ran.status(), ran.err());
    assertEquals("chat.completion", ran.json().getFirst().path("object").asText());
  }

  @Test
  void chatPassesOnWhyItWasRefused() {
    Ran ran =
        run("chat", "hello", "--model", "nobody", "--url", server.data().getFirst().toString());

    assertEquals(ExitStatus.FAILED, ran.status());
    assertTrue(ran.err().contains("nobody"), ran.err());
  }

  @Test
  void aTakenPortIsOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ran ran =
          run("serve", "--port", Integer.toString(taken.getLocalPort()), "--management-port", "0");

      assertEquals(ExitStatus.FAILED, ran.status());
      assertEquals(1, ran.err().lines().count(), ran.err());
      assertTrue(ran.err().contains(Integer.toString(taken.getLocalPort())), ran.err());
      assertEquals(1, ran.err().split("free", -1).length - 1, ran.err());
    }
  }

  @Test
  void theRehearsalWorks() {
    assertEquals(0, run("rehearse").status());
  }
}
