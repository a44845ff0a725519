package dev.gatun.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.wire.Json;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a backend is told about reasoning, over real sockets (spec projections-decisions §8). */
class ReasoningRouteTest {
  private final FakeBackend backend = FakeBackend.start(call -> call.json(200, "{}"));
  private RunningServer server;

  @BeforeEach
  void start() {
    server =
        RunningServer.of(
            """
            listeners: [{ name: http, address: 127.0.0.1, port: 0, timeout: 20s }]
            providers:
              defaults:
                default_model: flag
                reasoning_families:
                  flags: { type: chat_template_kwargs, parameter: enable_thinking }
                  efforts: { type: reasoning_effort, parameter: reasoning_effort }
                  beside: { type: top_level_reasoning_effort, parameter: effort }
              models:
                - { name: flag, reasoning_family: flags, backend_refs: [%1$s] }
                - { name: effort, reasoning_family: efforts, backend_refs: [%1$s] }
                - { name: beside, reasoning_family: beside, backend_refs: [%1$s] }
                - { name: plain, backend_refs: [%1$s] }
            routing:
              modelCards: [{ name: flag }, { name: effort }, { name: beside }, { name: plain }]
              signals:
                keywords:
                  - { name: hard, operator: OR, keywords: [prove] }
                  - { name: quick, operator: OR, keywords: [briefly] }
                  - { name: other, operator: OR, keywords: [strangely] }
                  - { name: bare, operator: OR, keywords: [plainly] }
              decisions:
                - name: hard
                  rules: { type: keyword, name: hard }
                  modelRefs: [{ model: effort, use_reasoning: true, reasoning_effort: high }]
                - name: quick
                  rules: { type: keyword, name: quick }
                  modelRefs: [{ model: effort }]
                - name: other
                  rules: { type: keyword, name: other }
                  modelRefs: [{ model: beside, use_reasoning: true }]
                - name: bare
                  rules: { type: keyword, name: bare }
                  modelRefs: [{ model: plain }]
            """
                .formatted("{ endpoint: \"127.0.0.1:" + backend.port() + "\" }"));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    backend.close();
  }

  @Test
  void anEffortGoesIntoTheTemplate() throws Exception {
    JsonNode sent = sent("on", "auto", "prove it", ",\"reasoning_effort\":\"low\"");
    assertEquals("{\"reasoning_effort\":\"high\"}", sent.path("chat_template_kwargs").toString());
    assertFalse(sent.has("reasoning_effort"), sent.toString());
  }

  @Test
  void aFlagIsSwitchedOffAndTheRestOfTheTemplateKept() throws Exception {
    JsonNode sent =
        sent(
            "off",
            "auto",
            "hello",
            ",\"chat_template_kwargs\":{\"a\":[1.5],\"enable_thinking\":1}");
    assertEquals(
        "{\"a\":[1.5],\"enable_thinking\":false}", sent.path("chat_template_kwargs").toString());
  }

  @Test
  void withoutReasoningAnEffortIsTheClients() throws Exception {
    assertFalse(sent("off", "auto", "briefly", "").has("chat_template_kwargs"));
    JsonNode sent = sent("off", "auto", "briefly", ",\"reasoning_effort\":\"minimal\"");
    assertEquals(
        "{\"reasoning_effort\":\"minimal\"}", sent.path("chat_template_kwargs").toString());
    assertFalse(sent.has("reasoning_effort"), sent.toString());
  }

  @Test
  void anEffortCanStandBesideTheMessages() throws Exception {
    JsonNode sent = sent("on", "auto", "strangely", ",\"reasoning_effort\":\"low\"");
    assertEquals("medium", sent.path("effort").asText());
    assertFalse(sent.has("reasoning_effort") || sent.has("chat_template_kwargs"), sent.toString());
  }

  @Test
  void whoIsToldNothingGetsWhatTheClientWrote() throws Exception {
    assertEquals(
        "low",
        sent("off", "auto", "plainly", ",\"reasoning_effort\":\"low\"")
            .path("reasoning_effort")
            .asText());
    JsonNode named = sent("client", "effort", "prove it", ",\"reasoning_effort\":\"low\"");
    assertEquals("low", named.path("reasoning_effort").asText());
    assertFalse(named.has("chat_template_kwargs"), named.toString());
  }

  @Test
  void aDryRunTellsTheEffort() throws Exception {
    JsonNode eval = json(server.manage("/api/v1/eval", "{\"text\":\"prove it\"}").body());
    assertEquals("high", eval.path("reasoning_effort").asText(), eval.toString());
    assertFalse(
        json(server.manage("/api/v1/eval", "{\"text\":\"hi\"}").body()).has("reasoning_effort"));
  }

  /** Sends a request and gives what the backend got. */
  private JsonNode sent(String mode, String model, String text, String members) throws Exception {
    String body =
        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}"
            .formatted(model, text, members);
    HttpResponse<String> reply = server.chat(body);
    assertEquals(200, reply.statusCode(), reply.body());
    assertEquals(mode, reply.headers().firstValue("x-vsr-selected-reasoning").orElseThrow());
    return json(backend.taken().text());
  }

  private static JsonNode json(String text) throws Exception {
    return Json.read(text.getBytes(UTF_8));
  }
}
