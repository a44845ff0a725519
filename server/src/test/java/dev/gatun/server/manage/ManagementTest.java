package dev.gatun.server.manage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.http.RawClient;
import dev.gatun.server.http.RunningServer;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The management listener over a real socket. */
class ManagementTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static FakeBackend backend;
  private static RunningServer server;

  @BeforeAll
  static void start() {
    backend = FakeBackend.start(call -> call.json(200, "{}"));
    server = RunningServer.over(backend, backend);
  }

  @AfterAll
  static void stop() {
    server.close();
    backend.close();
  }

  @Test
  void aTextIsEvaluatedWithoutCallingABackend() throws Exception {
    JsonNode eval = ok(server.manage("/api/v1/eval?trace=true", "{\"text\":\"urgent help\"}"));
    assertEquals("urgent help", eval.path("original_text").asText());
    assertEquals("urgent_route", eval.path("routing_decision").asText());
    assertEquals("urgent_route", eval.at("/decision_result/decision_name").asText());
    assertEquals("urgent", eval.at("/decision_result/matched_signals/keywords/0").asText());
    assertEquals("urgent", eval.at("/decision_result/used_signals/keywords/0").asText());
    assertEquals("large", eval.at("/recommended_models/0").asText());
    assertEquals("large", eval.path("selected_model").asText());
    assertEquals("single", eval.path("selection_method").asText());
    assertTrue(eval.at("/metrics/keyword/execution_time_ms").isNumber());
    assertEquals(1.0, eval.at("/signal_confidences/keyword:urgent").asDouble());
    assertEquals("urgent_route", eval.at("/eval_trace/0/decision_name").asText());
    assertTrue(eval.at("/eval_trace/0/root_trace/node_type").isTextual());
    assertTrue(eval.at("/signal_trace/0/signal").asText().startsWith("keyword:"), eval.toString());
    assertEquals("urgent", eval.at("/signal_trace/0/evidence/0").asText());
    assertTrue(eval.path("routing_time_ms").isNumber());
    assertEquals(0, backend.connections());
  }

  @Test
  void optionsOfTheBodyAreHeard() throws Exception {
    String config =
        RunningServer.standard(backend, backend)
            .replace(
                "keywords: [urgent]",
                "keywords: [urgent]\n    context: [{ name: brief, max_tokens: \"9\" }]");
    try (RunningServer other = RunningServer.of(config)) {
      JsonNode traced =
          ok(other.manage("/api/v1/eval", "{\"text\":\"hi\",\"options\":{\"trace\":true}}"));
      assertTrue(traced.has("eval_trace") && traced.path("metrics").size() == 1, traced.toString());
      JsonNode all =
          ok(
              other.manage(
                  "/api/v1/eval",
                  "{\"text\":\"hi\",\"options\":{\"evaluate_all_signals\":true,"
                      + "\"return_probabilities\":true}}"));
      assertEquals("brief", all.at("/decision_result/matched_signals/context/0").asText());
      assertEquals("return_probabilities", all.at("/options_unused/0").asText());
      assertFalse(all.has("eval_trace"));
      for (String bad : List.of("{\"traec\":true}", "{\"trace\":\"yes\"}", "[]")) {
        var reply = other.manage("/api/v1/eval", "{\"text\":\"hi\",\"options\":" + bad + "}");
        assertEquals(400, reply.statusCode(), reply.body());
        assertTrue(reply.body().contains("INVALID_INPUT"), reply.body());
      }
    }
  }

  @Test
  void anOperatorsQuestionsAreAnsweredTogether() throws Exception {
    String config =
        RunningServer.standard(backend, backend)
            .replace(
                "provider_model_id: acme/large",
                "provider_model_id: acme/large\n"
                    + "      pricing: { currency: EUR, prompt_per_1m: 1000000,"
                    + " completion_per_1m: 2 }");
    try (RunningServer other = RunningServer.of(config)) {
      JsonNode explained =
          ok(
              other.manage(
                  "/api/v1/explain",
                  "{\"model\":\"auto\",\"max_tokens\":1000000,"
                      + "\"messages\":[{\"role\":\"user\",\"content\":\"urgent\"}]}"));
      assertTrue(explained.has("eval_trace") && explained.has("projection_trace"));
      JsonNode answers = explained.path("explanation");
      assertEquals("urgent", answers.at("/signals/matched/keywords/0").asText());
      assertEquals("urgent_route", answers.at("/decision/name").asText());
      assertEquals("keyword:urgent", answers.at("/decision/matched_rules/0").asText());
      assertEquals("single", answers.at("/algorithm/method").asText());
      assertEquals("large", answers.at("/model/selected").asText());
      assertEquals("acme/large", answers.at("/model/backends/0/model").asText());
      assertTrue(answers.path("plugins").isArray());
      assertEquals(
          explained.path("config_hash").asText(), answers.at("/configuration/hash").asText());
      assertEquals("EUR", answers.at("/cost_estimate/currency").asText());
      assertEquals(2.0, answers.at("/cost_estimate/completion_max").asDouble());
      assertEquals(
          answers.at("/cost_estimate/prompt_tokens").asDouble() + 2,
          answers.at("/cost_estimate/total_max").asDouble());
    }
    JsonNode free = ok(server.manage("/api/v1/explain", "{\"text\":\"urgent\"}"));
    assertTrue(free.at("/explanation/cost_estimate/unknown").isTextual(), free.toString());
    assertEquals(400, server.manage("/api/v1/explain", "{}").statusCode());
  }

  @Test
  void aBodyOfResponsesIsReadAsTheTurnsItHolds() throws Exception {
    String body =
        """
        {"model": "auto", "instructions": "be brief", "max_output_tokens": 9,
         "previous_response_id": "resp_1",
         "tools": [{"type": "function", "name": "f", "parameters": {}}],
         "input": [{"role": "user", "content": [{"type": "input_text", "text": "urgent help"}]},
           {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
           {"type": "function_call_output", "call_id": "c", "output": "done"},
           {"type": "reasoning", "id": "r"}]}
        """;
    JsonNode explained = ok(server.manage("/api/v1/explain", body));
    assertEquals("urgent help", explained.path("original_text").asText());
    assertEquals("urgent_route", explained.path("routing_decision").asText());
    assertEquals(
        "lossy;dropped;previous_response_id", explained.at("/protocol_warnings/0").asText());
    assertEquals(
        "lossy;unsupported_type;input[3].reasoning", explained.at("/protocol_warnings/1").asText());
    assertEquals(9, explained.at("/explanation/cost_estimate/completion_tokens_max").asInt());
    assertEquals(
        "plain urgent",
        ok(server.manage("/api/v1/eval", "{\"input\":\"plain urgent\"}"))
            .path("original_text")
            .asText());
  }

  /** Spec projections §1: upstream's default has no confidence, and counts as certain. */
  @Test
  void upstreamsDefaultOfAPartitionHasNoConfidence() throws Exception {
    String config =
        RunningServer.standard(backend, backend)
                .replace(
                    "keywords: [urgent]",
                    "keywords: [urgent]\n    domains: [{ name: math }, { name: law }]")
                .replace(
                    "  decisions:",
                    "  projections:\n    partitions: [{ name: p, semantics: exclusive,"
                        + " members: [math, law], default: law }]\n  decisions:")
            + "global: { router: { compatibility: upstream-0.3 } }\n";
    try (RunningServer other = RunningServer.of(config)) {
      JsonNode eval = ok(other.manage("/api/v1/eval", "{\"text\":\"hi\"}"));
      assertEquals("law", eval.at("/decision_result/matched_signals/domains/0").asText());
      assertEquals(0, eval.path("signal_confidences").size(), eval.toString());
    }
  }

  @Test
  void anEmptyTextIsRefusedHoweverItIsSent() throws Exception {
    for (String body :
        List.of(
            "{\"text\":\" \"}",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"\"}]}",
            "{\"messages\":[{\"role\":\"user\",\"content\":"
                + "[{\"type\":\"text\",\"text\":\"\"}]}]}")) {
      var reply = server.manage("/api/v1/eval", body);
      assertEquals(400, reply.statusCode(), reply.body());
      assertTrue(reply.body().contains("INVALID_INPUT"), reply.body());
    }
  }

  @Test
  void whatWasLeftOutOfALongTextIsTold() throws Exception {
    String config =
        RunningServer.standard(backend, backend)
            + """
            global:
              model_catalog:
                modules:
                  prompt_compression: {enabled: true, max_tokens: 16, skip_signals: [pii]}
            """;
    String body =
        "{\"text\":\"First words. %s Is it urgent?\"}".formatted("More of it. ".repeat(30));
    try (RunningServer other = RunningServer.of(config)) {
      JsonNode brief = ok(other.manage("/api/v1/eval", body)).path("prompt_compression");
      JsonNode told = ok(other.manage("/api/v1/eval?trace=true", body)).path("prompt_compression");

      assertEquals(32, brief.path("sentences").asInt(), brief.toString());
      assertTrue(brief.path("compressed_tokens").asInt() <= 16, brief.toString());
      assertTrue(brief.path("ratio").asDouble() < 0.2, brief.toString());
      assertFalse(brief.has("sentence_scores"));
      assertTrue(told.path("compressed_text").asText().endsWith("Is it urgent?"), told.toString());
      assertEquals("First words.", told.at("/sentence_scores/0/text").asText());
      assertTrue(told.at("/sentence_scores/0/kept").asBoolean());
      assertFalse(told.at("/sentence_scores/15/kept").asBoolean(true));
    }
    assertTrue(ok(server.manage("/api/v1/eval", body)).path("prompt_compression").isMissingNode());
  }

  /** Needs no model: the decision is made before one would be asked. */
  @Test
  void whatWasNotAskedIsTold() throws Exception {
    String poem = "\n    embeddings: [{name: poem, candidates: [verse], threshold: 0.5}]";
    String config =
        RunningServer.standard(backend, backend)
                .replace("keywords: [urgent]", "keywords: [urgent]" + poem)
            + """
                - { name: rest, rules: { type: embedding, name: poem } }
            global: { router: { lazy_signals: true, degraded_start: true } }
            """;
    try (RunningServer other = RunningServer.of(config)) {
      JsonNode eval = ok(other.manage("/api/v1/eval", "{\"text\":\"urgent\"}"));
      assertEquals("[\"embedding\"]", eval.path("skipped_signals").toString());
      JsonNode calm = ok(other.manage("/api/v1/eval", "{\"text\":\"calm\"}"));
      assertEquals("[]", calm.path("skipped_signals").toString());
    }
    assertFalse(ok(server.manage("/api/v1/eval", "{\"text\":\"calm\"}")).has("skipped_signals"));
  }

  @Test
  void messagesWinOverText() throws Exception {
    JsonNode eval =
        ok(
            server.manage(
                "/api/v1/eval",
                "{\"text\":\"urgent\",\"messages\":[{\"role\":\"user\",\"content\":\"calm\"}]}"));
    assertTrue(eval.path("routing_decision").isMissingNode());
    assertEquals("small", eval.path("selected_model").asText());
    assertEquals("default", eval.path("selection_method").asText());
    assertEquals("urgent", eval.at("/decision_result/unmatched_signals/keywords/0").asText());
    assertFalse(eval.has("eval_trace"));
  }

  @Test
  void aBodyOfAnthropicMessagesIsReadAsOne() throws Exception {
    String body =
        """
        {"model": "auto", "max_tokens": 100, "system": [{"type": "text", "text": "urgent"}],
         "messages": [
           {"role": "assistant", "content": [
             {"type": "thinking", "thinking": "urgent"},
             {"type": "tool_use", "id": "t", "name": "look", "input": {}}]},
           {"role": "user", "content": [
             {"type": "tool_result", "tool_use_id": "t", "content": "urgent"},
             {"type": "text", "text": "calm"}, {"type": "video"}]}]}
        """;
    JsonNode eval = ok(server.manage("/api/v1/eval", body));
    assertEquals("calm", eval.path("original_text").asText());
    assertEquals("small", eval.path("selected_model").asText());
    assertEquals("anthropic", eval.path("client_protocol").asText());
    assertEquals(
        "[\"lossy;unsupported_block_type;messages[1].content[2]\"]",
        eval.path("protocol_warnings").toString());

    JsonNode urgent = ok(server.manage("/api/v1/eval", body.replace("calm", "urgent")));
    assertEquals("large", urgent.path("selected_model").asText());

    String both = body.replace("{\"type\": \"video\"}", "{\"type\": \"image_url\"}");
    HttpResponse<String> refused = server.manage("/api/v1/eval", both);
    assertProblem(400, "INVALID_INPUT", refused);
    assertTrue(refused.body().contains("messages[1].content[2].type image_url"), refused.body());
    String chat = "{\"messages\":[{\"role\":\"user\",\"content\":\"calm\"}]}";
    assertEquals(
        "openai", ok(server.manage("/api/v1/eval", chat)).path("client_protocol").asText());
  }

  @Test
  void errorsAreJsonWithACode() throws Exception {
    assertProblem(400, "INVALID_INPUT", server.manage("/api/v1/eval", "{"));
    assertProblem(400, "INVALID_INPUT", server.manage("/api/v1/eval", "{\"text\":\"  \"}"));
    assertProblem(400, "INVALID_INPUT", server.manage("/api/v1/eval", "[]"));
    assertProblem(404, "NOT_FOUND", server.manage("/config/other", "{}"));
    assertProblem(405, "METHOD_NOT_ALLOWED", server.manage("/config/router", "{}"));
    var eval = server.server().management().resolve("/api/v1/eval");
    assertProblem(405, "METHOD_NOT_ALLOWED", server.get(eval));
  }

  @Test
  void discoveryAndProbes() throws Exception {
    var management = server.server().management();
    assertEquals("healthy", ok(server.get(management.resolve("/health"))).path("status").asText());
    assertTrue(ok(server.get(management.resolve("/ready"))).path("ready").asBoolean());
    assertTrue(ok(server.get(management.resolve("/startup-status"))).path("ready").asBoolean());
    JsonNode list = ok(server.get(management.resolve("/api/v1")));
    assertEquals("v1", list.path("version").asText());
    assertTrue(list.path("endpoints").size() >= 5);
    JsonNode models = ok(server.get(management.resolve("/info/models")));
    assertTrue(models.path("models").isArray() && models.path("system").isObject());
  }

  @Test
  void whatADryRunCannotReadIsRefused() throws Exception {
    String text = "{\"text\":\"urgent\"}";
    assertEquals(200, server.manage("/api/v1/eval?trace=true", text).statusCode());
    assertProblem(400, "INVALID_INPUT", server.manage("/api/v1/eval?trace=maybe", text));
    for (String wrong : List.of("\"model\":5", "\"tools\":\"x\"", "\"stream\":\"a\"")) {
      String body = "{\"text\":\"urgent\"," + wrong + "}";
      assertProblem(400, "INVALID_INPUT", server.manage("/api/v1/eval", body));
    }
  }

  @Test
  void webPagesAreKeptOut() throws Exception {
    assertEquals(403, status("host: evil.example", "origin: http://evil.example"));
    assertEquals(403, status("host: evil.example:8080"));
    assertEquals(403, status("host: 127.0.0.1:1", "origin: http://evil.example"));
    assertEquals(403, status("host: 127.0.0.1:1", "sec-fetch-site: cross-site"));
    assertEquals(403, status("host: localhost.evil.example"));
    assertEquals(403, status("host: localhost:1", "sec-fetch-site: same-site"));
    assertEquals(403, status("host: localhost:1", "origin: null"));
    assertEquals(200, status("host: localhost:1", "sec-fetch-site: same-origin"));
    assertEquals(200, status("host: localhost:1", "origin: http://localhost:1"));
    assertEquals(200, status("host: [::1]:1"));
  }

  @Test
  void refusalsAreInTheSameWordsAsErrors() throws Exception {
    String bad = "POST /api/v1/eval HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n";
    for (String request : List.of(bad + "\r\nzz\r\n", "GET\r\n\r\n")) {
      try (RawClient client = new RawClient(server.server().management())) {
        client.send(request);
        client.socket().shutdownOutput();
        RawClient.Head head = client.head();
        assertEquals(400, head.status());
        JsonNode error = JSON.readTree(client.body(head)).path("error");
        assertEquals("INVALID_INPUT", error.path("code").asText());
        assertTrue(error.path("timestamp").isTextual());
      }
    }
  }

  @Test
  void methodsThatARouteHas() throws Exception {
    try (RawClient client = new RawClient(server.server().management())) {
      client.send("DELETE /api/v1/eval HTTP/1.1\r\nhost: localhost\r\nx-request-id: a-1\r\n\r\n");
      RawClient.Head head = client.head();
      assertEquals(405, head.status());
      assertEquals("POST", head.headers().get("allow"));
      assertEquals("a-1", head.headers().get("x-request-id"));
      client.body(head);
      client.send("HEAD /health HTTP/1.1\r\nhost: localhost\r\n\r\n");
      assertEquals(200, client.head().status());
      client.send("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n");
      assertEquals(200, client.head().status());
    }
  }

  private static int status(String... headers) throws Exception {
    try (RawClient client = new RawClient(server.server().management())) {
      client.send("GET /health HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
      return client.head().status();
    }
  }

  private static JsonNode ok(HttpResponse<String> reply) throws Exception {
    assertEquals(200, reply.statusCode(), reply.body());
    return JSON.readTree(reply.body());
  }

  private static void assertProblem(int status, String code, HttpResponse<String> reply)
      throws Exception {
    assertEquals(status, reply.statusCode(), reply.body());
    JsonNode error = JSON.readTree(reply.body()).path("error");
    assertEquals(code, error.path("code").asText());
    assertTrue(error.path("message").isTextual() && error.path("timestamp").isTextual());
  }
}
