package dev.gatun.server.external;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.router.config.McpTool.Transport.Stdio;
import dev.gatun.server.http.Bodies;
import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.http.RunningServer;
import dev.gatun.server.wire.Json;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole router whose domains a tool of another process tells. */
class McpRouteTest {
  private FakeBackend small;
  private FakeBackend large;

  @TempDir Path folder;

  @BeforeEach
  void backends() {
    small = FakeBackend.start(call -> call.json(200, "{\"from\":\"small\"}"));
    large = FakeBackend.start(call -> call.json(200, "{\"from\":\"large\"}"));
  }

  @AfterEach
  void stop() {
    small.close();
    large.close();
  }

  private Path numbers() {
    return folder.resolve("numbers");
  }

  private String config(String more, String mcp) {
    String signals = "  signals:\n    domains: [{ name: math }, { name: law }]\n";
    String decisions =
        """
          decisions:
            - name: reckoning
              priority: 20
              rules: { type: domain, name: math }
              modelRefs: [{ model: large }]
        """;
    return RunningServer.standard(small, large)
            .replace("  signals:\n", signals)
            .replace("  decisions:\n", decisions)
        + "global:\n"
        + more
        + """
          model_catalog:
            modules:
              classifier:
                domain: { model_ref: '' }
                mcp:
                  enabled: true
                  tool_name: classify_text
        """
        + mcp;
  }

  private String overStdio(String more, int seconds) {
    Stdio process = ToolServer.process(numbers());
    StringBuilder arguments = new StringBuilder();
    process
        .arguments()
        .forEach(argument -> arguments.append("          - '").append(argument).append("'\n"));
    String mcp =
        "          timeout_seconds: "
            + seconds
            + "\n          transport_type: stdio\n          command: "
            + process.command()
            + "\n          args:\n"
            + arguments
            + "          env: { TOOL: 'yes' }\n";
    return config(more, mcp);
  }

  private static String header(HttpResponse<String> reply, String name) {
    return reply.headers().firstValue(name).orElse("");
  }

  private static HttpResponse<String> chat(RunningServer server, String text) throws Exception {
    return server.chat(Bodies.chat("auto", text));
  }

  private static JsonNode seen(RunningServer server, String path) throws Exception {
    HttpResponse<String> reply = server.get(server.server().management().resolve(path));
    return Json.read(reply.body().getBytes(StandardCharsets.UTF_8));
  }

  /** What is said of the tool, when it says what is waited for. */
  private static JsonNode tool(RunningServer server, Predicate<JsonNode> wanted) throws Exception {
    while (true) {
      for (JsonNode model : seen(server, "/info/models").path("models")) {
        if (model.path("name").asText().equals("mcp/classify_text") && wanted.test(model)) {
          return model;
        }
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static boolean isAsked(JsonNode tool, String state) {
    return tool.path("state").asText().equals(state);
  }

  @Test
  void whatTheToolSaysRoutesARequest() throws Exception {
    try (RunningServer server = RunningServer.of(overStdio("", 60))) {
      HttpResponse<String> math = chat(server, "integral of x");
      assertEquals("{\"from\":\"large\"}", math.body());
      assertEquals("math", header(math, "x-vsr-matched-domains"));
      assertEquals("reckoning", header(math, "x-vsr-selected-decision"));
      assertEquals("{\"from\":\"small\"}", chat(server, "law").body());
      JsonNode tool = tool(server, model -> isAsked(model, "ready"));
      assertEquals("domain", tool.path("type").asText());
      assertEquals("mcp", tool.path("provider").asText());
      assertEquals("stdio", tool.path("transport").asText());
      assertEquals("java", tool.path("endpoint").asText());
      assertEquals("classify_text", tool.path("model").asText());
      assertEquals("closed", tool.path("breaker").asText());
      assertFalse(tool.has("last_failure"), tool.toString());
      assertTrue(seen(server, "/ready").path("failing_external_models").isEmpty());
    }
    assertFalse(ToolServer.isAlive(ToolServer.started(numbers()).getLast()));
  }

  @Test
  void aSlowToolDegradesItsFamilyAndIsSeen() throws Exception {
    try (RunningServer server = RunningServer.of(overStdio("", 2))) {
      tool(server, model -> isAsked(model, "not_asked"));
      HttpResponse<String> late = chat(server, "slow");
      assertEquals("{\"from\":\"small\"}", late.body());
      assertEquals("domain", header(late, "x-vsr-signals-degraded"));
      JsonNode tool = tool(server, model -> isAsked(model, "failing"));
      String reason = tool.path("last_failure").asText();
      assertTrue(reason.endsWith("did not answer within 2000 ms"), reason);
      JsonNode ready = seen(server, "/ready");
      assertEquals("mcp/classify_text", ready.path("failing_external_models").path(0).asText());
      assertTrue(ready.path("ready").asBoolean(), "requests are answered all the same");
    }
  }

  @Test
  void aRouterIsNotReadyWhileItRefusesRequests() throws Exception {
    String closed = "  router: { signals: { families: { domain: { on_failure: closed } } } }\n";
    String gone = "          url: http://127.0.0.1:1/mcp\n";
    try (RunningServer server = RunningServer.of(config(closed, gone))) {
      tool(server, model -> isAsked(model, "waiting"));
      assertEquals(503, chat(server, "law").statusCode());
      JsonNode ready = seen(server, "/ready");
      assertFalse(ready.path("ready").asBoolean(), ready.toString());
      assertEquals("unavailable", ready.path("status").asText());
      assertEquals(
          "requests are refused without mcp/classify_text", ready.path("message").asText());
      for (URI plane : List.of(server.data(), server.server().management())) {
        assertEquals(503, server.get(plane.resolve("/ready")).statusCode());
        assertEquals(200, server.get(plane.resolve("/startup-status")).statusCode());
      }
    }
  }

  @Test
  void aConfigurationTakesItsProcessWithIt() throws Exception {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, overStdio("", 60));
    try (RunningServer server = RunningServer.ofFile(file)) {
      assertEquals("math", header(chat(server, "integral"), "x-vsr-matched-domains"));
      long before = ToolServer.started(numbers()).getLast();
      assertTrue(ToolServer.isAlive(before));
      String hash = seen(server, "/config/hash").path("file").asText();
      String body = Json.object().put("yaml", overStdio("", 59)).toString();
      HttpResponse<String> changed = server.put("/config/router", body, "if-match", hash);
      assertEquals(200, changed.statusCode(), changed.body());
      assertEquals("math", header(chat(server, "integral"), "x-vsr-matched-domains"));
      assertFalse(ToolServer.isAlive(before), "the old process is gone");
      assertEquals(2, ToolServer.started(numbers()).size());
      String shown = server.get(server.server().management().resolve("/config/router")).body();
      assertTrue(shown.contains("\"TOOL\":\"***\""), shown);
    }
  }

  @Test
  void theReferenceFileServes() throws Exception {
    Path root = Path.of(System.getProperty("gatun.home", "."));
    try (ToolServer tools = ToolServer.listen(false, 0);
        RunningServer server =
            RunningServer.of(
                Files.readString(root.resolve("docs/reference/tool-server.yaml"))
                    .replace("# domain: { model_ref: \"\" } has", "domain: { model_ref: '' } #")
                    .replace("127.0.0.1:9001", "127.0.0.1:" + small.port())
                    .replace("127.0.0.1:9002", "127.0.0.1:" + large.port())
                    .replace("127.0.0.1:9004", "127.0.0.1:" + tools.port()))) {
      assertEquals("{\"from\":\"large\"}", chat(server, "integral of x").body());
      assertEquals("{\"from\":\"small\"}", chat(server, "law").body());
    }
  }
}
