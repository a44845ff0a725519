package dev.gatun.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.wire.Json;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of requests whose signals the models have no room for. */
class OverloadTest {
  /** More tokens than may ever wait, whatever else is under way. */
  private static final String LONG = "a breach of contract and its damages ".repeat(400);

  private static final String OVERLOADED = Bodies.chat("auto", LONG);

  private static RunningServer server(FakeBackend backend, String router) {
    return RunningServer.of(
        """
        version: v0.3
        listeners: [{ name: http, address: 127.0.0.1, port: 0 }]
        providers:
          defaults: { default_model: small }
          models:
            - { name: small, backend_refs: [{ endpoint: "127.0.0.1:%d" }] }
            - { name: large, backend_refs: [{ endpoint: "127.0.0.1:%d" }] }
        routing:
          modelCards: [{ name: small }, { name: large }]
          signals:
            domains: [{ name: law, mmlu_categories: [law] }]
            keywords: [{ name: contract, operator: OR, keywords: [contract] }]
          decisions:
            - name: legal
              priority: 10
              rules:
                operator: OR
                conditions: [{ type: domain, name: law }, { type: keyword, name: contract }]
              modelRefs: [{ model: large }]
        global:
          native: { queue_tokens_max: 1024 }
          router: { %s }
        """
            .formatted(backend.port(), backend.port(), router));
  }

  private static String metrics(RunningServer server) throws Exception {
    return server.get(server.server().management().resolve("/metrics")).body();
  }

  private static JsonNode eval(RunningServer server) throws Exception {
    HttpResponse<String> reply =
        server.manage("/api/v1/eval", Json.object().put("text", LONG).toString());
    return Json.read(reply.body().getBytes(UTF_8));
  }

  private static Optional<String> header(HttpResponse<String> reply, String name) {
    return reply.headers().firstValue(name);
  }

  @Test
  void aRequestThatCanNeverBeScoredIsNotAskedToComeAgain() throws Exception {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = server(backend, "overload: shed")) {
      HttpResponse<String> shed = server.chat(OVERLOADED);
      assertEquals(413, shed.statusCode(), shed.body());
      assertEquals(Optional.empty(), header(shed, "retry-after"));
      assertTrue(shed.body().contains("\"code\":\"request_too_large\""), shed.body());
      assertTrue(shed.body().contains("can never wait in a queue of 1024"), shed.body());
      assertEquals(Optional.of("domain"), header(shed, "x-vsr-signals-degraded"));
      assertTrue(metrics(server).contains("gatun_shed_total{reason=\"too_large\"} 1.0"));
      JsonNode eval = eval(server);
      assertTrue(eval.path("refused").asBoolean(), eval.toString());
      assertTrue(eval.path("selection_error").asText().contains("can never wait"), eval.toString());
      HttpResponse<String> scored = server.chat(Bodies.chat("auto", "a breach of contract"));
      assertEquals(200, scored.statusCode(), "one that fits is scored");
      assertEquals(200, server.chat(Bodies.chat("large", LONG)).statusCode(), "asked for by name");
    }
  }

  @Test
  void theDefaultModelAnswersWhereTheConfigurationSaysSo() throws Exception {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = server(backend, "overload: default_model")) {
      HttpResponse<String> served = server.chat(OVERLOADED);
      assertEquals(200, served.statusCode(), served.body());
      assertEquals(Optional.of("small"), header(served, "x-vsr-selected-model"));
      assertEquals(Optional.of("domain"), header(served, "x-vsr-signals-degraded"));
      assertFalse(header(served, "x-vsr-selected-decision").isPresent());
      assertTrue(metrics(server).contains("gatun_unclassified_total 1.0"));
      JsonNode eval = eval(server);
      assertEquals("overload", eval.path("selection_method").asText(), eval.toString());
      assertEquals("small", eval.path("selected_model").asText());
      assertEquals("domain", eval.at("/degraded_signals/0/signal_type").asText());
    }
  }

  @Test
  void aFamilyWithAPolicyOfItsOwnKeepsIt() throws Exception {
    String policy =
        "overload: default_model, signals: { families: { domain: { on_failure: %s } } }";
    try (FakeBackend backend = FakeBackend.start(call -> call.json(200, "{}"))) {
      try (RunningServer server = server(backend, policy.formatted("open"))) {
        HttpResponse<String> open = server.chat(OVERLOADED);
        assertEquals(Optional.of("legal"), header(open, "x-vsr-selected-decision"));
        assertEquals(Optional.of("large"), header(open, "x-vsr-selected-model"));
      }
      try (RunningServer server = server(backend, policy.formatted("closed"))) {
        HttpResponse<String> closed = server.chat(OVERLOADED);
        assertEquals(413, closed.statusCode());
        assertEquals(Optional.empty(), header(closed, "retry-after"));
        assertTrue(closed.body().contains("domain signals: "), closed.body());
      }
    }
  }
}
