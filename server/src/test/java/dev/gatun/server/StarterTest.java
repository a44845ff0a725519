package dev.gatun.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.config.ConfigSource;
import dev.gatun.server.http.Bodies;
import dev.gatun.server.wire.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The whole path of a newcomer: starter configuration, native engine, domain model, demo models.
 */
class StarterTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static GatunServer server;

  @BeforeAll
  static void start() throws StartException {
    server =
        GatunServer.start(
            ServeOptions.of(new ConfigSource.Starter())
                .withPorts(ServePorts.free())
                .withDrain(Duration.ofSeconds(5)));
  }

  @AfterAll
  static void stop() {
    server.close();
    CLIENT.close();
  }

  @Test
  void theMeaningOfAPromptChoosesTheModel() throws Exception {
    HttpResponse<String> reply =
        post(
            server.data().getFirst().resolve("/v1/chat/completions"),
            Bodies.chat("auto", "What is the integral of x squared from 0 to 3?"));
    assertEquals(200, reply.statusCode(), reply.body());
    assertEquals("reasoning", header(reply, "x-vsr-selected-decision"));
    assertEquals("exact_sciences", header(reply, "x-vsr-selected-category"));
    assertEquals("exact_sciences", header(reply, "x-vsr-matched-domains"));
    assertEquals("demo-expert", header(reply, "x-vsr-selected-model"));
    assertEquals("on", header(reply, "x-vsr-selected-reasoning"));
    assertTrue(reply.body().contains("I am demo-expert"), reply.body());
  }

  @Test
  void aDryRunShowsEveryDomain() throws Exception {
    JsonNode eval =
        eval("Which damages may a court award for a breach of contract under common law?");
    assertEquals("advice", eval.path("routing_decision").asText(), eval.toString());
    assertTrue(eval.at("/signal_values/domain:professions").asDouble() > 0.5, eval.toString());
    assertTrue(eval.at("/metrics/domain/execution_time_ms").asDouble() > 0);
    assertTrue(eval.path("tokens").asInt() > 10);
    assertEquals(0, eval.path("degraded_signals").size());
  }

  /** What counts is calibrated and mixed with what words say, so the model's own share differs. */
  @Test
  void aTraceHasTheProbabilitiesOfTheModelBesideTheCalibratedOnes() throws Exception {
    JsonNode eval = eval("?trace=true", "What is the integral of x squared from 0 to 3?");
    JsonNode said = eval.path("classifier_trace");
    assertEquals(1, said.size(), eval.toString());
    assertEquals("domain", said.at("/0/task").asText());
    assertFalse(said.path(0).has("text"), "it is original_text");
    JsonNode scores = said.at("/0/scores");
    JsonNode raw = said.at("/0/raw");
    assertEquals(1, sum(scores), 1e-3);
    assertEquals(1, sum(raw), 1e-3);
    assertNotEquals(raw.path("math").asDouble(), scores.path("math").asDouble(), 1e-6);
    assertEquals(
        scores.path("math").asDouble(),
        eval.at("/signal_confidences/domain:exact_sciences").asDouble(),
        "rules see the calibrated one");
    assertFalse(eval("A question").has("classifier_trace"));
  }

  private static double sum(JsonNode probabilities) {
    double sum = 0;
    for (JsonNode probability : probabilities) {
      sum += probability.asDouble();
    }
    return sum;
  }

  @Test
  void aLongTextIsReadToItsEnd() throws Exception {
    JsonNode eval = eval("The court ruled on the contract and its breach. ".repeat(300));
    assertTrue(eval.path("tokens").asInt() > 3_000, eval.toString());
    assertEquals("advice", eval.path("routing_decision").asText(), eval.toString());
  }

  private static JsonNode eval(String text) throws Exception {
    return eval("", text);
  }

  private static JsonNode eval(String query, String text) throws Exception {
    String body = Json.object().put("text", text).toString();
    HttpResponse<String> reply = post(server.management().resolve("/api/v1/eval" + query), body);
    assertEquals(200, reply.statusCode(), reply.body());
    return Json.read(reply.body().getBytes(StandardCharsets.UTF_8));
  }

  private static String header(HttpResponse<String> reply, String name) {
    return reply.headers().firstValue(name).orElse("(absent)");
  }

  private static HttpResponse<String> post(URI uri, String body) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }
}
