package dev.gatun.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.StartException;
import dev.gatun.server.wire.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When models are loaded, and what {@code /ready} says of it. */
class ModelLoadingTest {
  @TempDir private Path empty;

  private static String config(String global) {
    return """
    version: v0.3
    listeners:
      - { name: http, address: 127.0.0.1, port: 0 }
    providers:
      defaults: { default_model: small }
      models:
        - name: small
          backend_refs:
            - endpoint: 127.0.0.1:9
    routing:
      modelCards:
        - name: small
      signals:
        domains:
          - name: law
            mmlu_categories: [law]
      decisions:
        - name: legal
          priority: 10
          rules: { type: domain, name: law }
          modelRefs: [{ model: small }]
    global:
      %s
    """
        .formatted(global);
  }

  private static JsonNode ready(RunningServer server) throws Exception {
    HttpResponse<String> reply = server.get(server.server().management().resolve("/ready"));
    assertEquals(200, reply.statusCode());
    return Json.read(reply.body().getBytes(UTF_8));
  }

  private static JsonNode eval(RunningServer server, String text) throws Exception {
    HttpResponse<String> reply =
        server.manage("/api/v1/eval", Json.object().put("text", text).toString());
    assertEquals(200, reply.statusCode(), reply.body());
    return Json.read(reply.body().getBytes(UTF_8));
  }

  @Test
  void aLazyModelIsLoadedByTheFirstQuestion() throws Exception {
    try (RunningServer server = RunningServer.of(config("native: { load: lazy }"))) {
      JsonNode before = ready(server);
      assertTrue(before.path("ready").asBoolean(), before.toString());
      assertEquals("[\"gatun-domain\"]", before.path("pending_models").toString());
      assertEquals(0, before.path("ready_models").asInt());

      JsonNode eval = eval(server, "Which damages does a court award for a breach of contract?");
      assertEquals("legal", eval.path("routing_decision").asText(), eval.toString());

      JsonNode after = ready(server);
      assertEquals("[]", after.path("pending_models").toString());
      assertEquals(1, after.path("ready_models").asInt());
    }
  }

  @Test
  void anEagerModelIsThereAtOnce() throws Exception {
    try (RunningServer server = RunningServer.of(config("native: { load: eager }"))) {
      JsonNode ready = ready(server);
      assertEquals(1, ready.path("ready_models").asInt(), ready.toString());
      assertEquals("[]", ready.path("missing_models").toString());
    }
  }

  @Test
  void aDegradedStartSaysWhatIsMissing() throws Exception {
    for (String load : new String[] {"eager", "lazy"}) {
      String global =
          "{ native: { load: "
              + load
              + ", models_dir: "
              + empty
              + " },"
              + " router: { degraded_start: true } }";
      String yaml = config("").replace("global:\n  ", "global: " + global);
      try (RunningServer server = RunningServer.of(yaml)) {
        JsonNode ready = ready(server);
        assertTrue(ready.path("ready").asBoolean(), ready.toString());
        assertEquals("[\"gatun-domain\"]", ready.path("missing_models").toString());
        assertEquals("domain", ready.at("/degraded_families/0/family").asText());
        assertTrue(ready.at("/degraded_families/0/reason").asText().contains("no model"));
        assertTrue(ready.path("message").asText().contains("domain signals"));
        assertEquals("", eval(server, "a breach of contract").path("routing_decision").asText(""));
      }
    }
  }

  @Test
  void whatIsSwitchedOffOrNotThereToReadIsDegraded() throws Exception {
    String yaml =
        config(
                """
                router: { degraded_start: true }
                  model_catalog:
                    modules: { prompt_guard: { enabled: false } }
                    kbs: [{ name: k, source: { path: nowhere/ }, threshold: 0.3 }]
                """)
            .replace(
                "domains:\n      - name: law\n        mmlu_categories: [law]",
                "jailbreak: [{ name: a }]\n    kb: [{ name: b, kb: k, target:"
                    + " { kind: label, value: c } }]")
            .replace(
                "{ type: domain, name: law }",
                "{ operator: OR, conditions:"
                    + " [{ type: jailbreak, name: a }, { type: kb, name: b }] }");
    try (RunningServer server = RunningServer.of(yaml)) {
      JsonNode ready = ready(server);
      JsonNode families = ready.path("degraded_families");
      assertEquals(
          List.of("jailbreak", "kb"),
          families.valueStream().map(f -> f.path("family").asText()).toList(),
          ready.toString());
      assertTrue(families.at("/0/reason").asText().contains("prompt_guard is not enabled"));
      assertTrue(families.at("/1/reason").asText().contains("k is not loaded"));
      assertTrue(ready.path("ready").asBoolean());
    }
  }

  @Test
  void aWholeStartHasNoDegradedFamily() throws Exception {
    try (RunningServer server = RunningServer.of(config("native: { load: lazy }"))) {
      assertEquals("[]", ready(server).path("degraded_families").toString());
    }
  }

  @Test
  void withoutADegradedStartAMissingModelIsFatal() {
    String yaml = config("native: { load: lazy, models_dir: " + empty + " }");
    StartException.NoModel refused =
        assertThrows(
            StartException.NoModel.class, () -> RunningServer.start(yaml, Duration.ofSeconds(1)));
    assertTrue(String.valueOf(refused.getMessage()).contains("gatun-domain"));
  }
}
