package dev.gatun.server.external;

import static dev.gatun.server.external.ComparingBackends.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.http.Bodies;
import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.http.RunningServer;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole router whose sentence vectors another process makes; no model is there to load. */
class RemoteEmbeddingsRouteTest {
  /** So that nothing is late on a machine with much else to do. */
  private static final int PATIENT = 60_000;

  private final AtomicBoolean isWell = new AtomicBoolean(true);
  private final WordVectors vectors = new WordVectors("weather", "money", "proof", "hello");

  @AutoClose private final ComparingBackends backends = ComparingBackends.with(this::embed);

  /** Without any model. */
  @TempDir Path models;

  private void embed(FakeBackend.Call call) throws IOException {
    if (isWell.get()) {
      vectors.answer(call);
    } else {
      call.json(500, "{}");
    }
  }

  private String config(FakeBackend asked, String router, int timeoutMs) {
    String signals =
        """
          signals:
            embeddings: [{ name: sky, threshold: 0.6, candidates: [weather, the weather] }]
            complexity:
              - name: depth
                threshold: 0.1
                hard: { candidates: [a proof] }
                easy: { candidates: [say hello] }
            preferences: [{ name: finance, examples: [money], threshold: 0.6 }]
            reasks: [{ name: again, threshold: 0.9 }]
        """;
    String decisions =
        """
          decisions:
            - name: compared
              rules:
                operator: OR
                conditions:
                  - { type: embedding, name: sky }
                  - { type: complexity, name: "depth:hard" }
                  - { type: preference, name: finance }
                  - { type: reask, name: again }
              modelRefs: [{ model: large }]
        """;
    String global =
        """
        global:
          router: ROUTER
          native: { models_dir: MODELS }
          model_catalog:
            embeddings:
              semantic:
                embedding_config:
                  backend: remote
                  target_dimension: 5
                  remote:
                    { base_url: "http://127.0.0.1:PORT/v1", model: acme/e, dimensions: 5,
                      timeout_ms: TIMEOUT }
        """
            .replace("ROUTER", router)
            .replace("TIMEOUT", Integer.toString(timeoutMs))
            .replace("PORT", Integer.toString(asked.port()));
    return backends.config(signals + decisions + global, models);
  }

  private String config() {
    return config(backends.encoder(), "{}", PATIENT);
  }

  private static HttpResponse<String> chat(RunningServer server, String text) throws Exception {
    return server.chat(Bodies.chat("auto", text));
  }

  @Test
  void itsVectorsRouteARequest() throws Exception {
    try (RunningServer server = RunningServer.of(config())) {
      HttpResponse<String> sky = chat(server, "how is the weather");
      assertEquals("{\"from\":\"large\"}", sky.body());
      assertEquals("sky", header(sky, "x-vsr-matched-embeddings"));
      HttpResponse<String> proof = chat(server, "Give a proof");
      assertEquals("{\"from\":\"large\"}", proof.body());
      assertEquals("depth:hard", header(proof, "x-vsr-matched-complexity"));
      HttpResponse<String> money = chat(server, "money please");
      assertEquals("finance", header(money, "x-vsr-matched-preference"));
      HttpResponse<String> rest = chat(server, "hello");
      assertEquals("{\"from\":\"small\"}", rest.body());
      assertEquals("", header(rest, "x-vsr-signals-degraded"));
    }
  }

  @Test
  void aTextIsAskedAboutOnceForAllFamiliesAndAllItsRequests() throws Exception {
    try (RunningServer server = RunningServer.of(config())) {
      List<String> planned = asked();
      assertEquals(3, planned.size(), "the examples of three families: " + planned);
      chat(server, "hello");
      chat(server, "hello");
      assertEquals(List.of("[\"hello\"]"), asked());
    }
  }

  /** The texts of the requests since the last time. */
  private List<String> asked() throws Exception {
    List<String> asked = new ArrayList<>();
    while (backends.encoder().waiting() > 0) {
      asked.add(Json.read(backends.encoder().taken().body()).path("input").toString());
    }
    return asked;
  }

  @Test
  void nothingIsLoadedHere() throws Exception {
    try (RunningServer server = RunningServer.of(config())) {
      String info = server.get(server.server().management().resolve("/info/models")).body();
      JsonNode facts = Json.read(info.getBytes(StandardCharsets.UTF_8));
      assertEquals(1, facts.path("models").size(), info);
      assertTrue(facts.at("/models/0/external").asBoolean(), info);
      assertEquals("embedding", facts.at("/models/0/role").asText(), info);
      assertEquals(0, facts.at("/summary/loaded_models").asInt(-1), info);
    }
  }

  @Test
  void aServiceThatFailsDegradesItsFamilies() throws Exception {
    isWell.set(false);
    try (RunningServer server = RunningServer.of(config())) {
      HttpResponse<String> failed = chat(server, "how is the weather");
      assertEquals(200, failed.statusCode());
      assertEquals("{\"from\":\"small\"}", failed.body());
      assertEquals("complexity,embedding,preference", header(failed, "x-vsr-signals-degraded"));
    }
  }

  @Test
  void aServiceThatIsBackIsAskedByTheNextRequest() throws Exception {
    isWell.set(false);
    String one =
        config().replaceAll("          - \\{ type: (complexity|preference|reask), .*\n", "");
    try (RunningServer server = RunningServer.of(one)) {
      HttpResponse<String> failed = chat(server, "how is the weather");
      assertEquals("embedding", header(failed, "x-vsr-signals-degraded"));
      isWell.set(true);
      HttpResponse<String> back = chat(server, "how is the weather");
      assertEquals("sky", header(back, "x-vsr-matched-embeddings"));
      assertEquals("", header(back, "x-vsr-signals-degraded"));
    }
  }

  @Test
  void theReasonIsToldWithoutTheText() throws Exception {
    try (FakeBackend odd =
            FakeBackend.start(call -> call.json(200, "{\"data\":[{\"embedding\":[1]}]}"));
        RunningServer server = RunningServer.of(config(odd, "{}", PATIENT))) {
      String eval = server.manage("/api/v1/eval", "{\"text\":\"hello sunshine\"}").body();
      JsonNode told = Json.read(eval.getBytes(StandardCharsets.UTF_8)).path("degraded_signals");
      assertTrue(told.toString().contains("model embeddings/acme/e answered with"), eval);
      assertFalse(told.toString().contains("sunshine"), eval);
    }
  }

  @Test
  void aFamilyMayRefuseWhatCannotBeCompared() throws Exception {
    String closed = "{ signals: { families: { embedding: { on_failure: closed } } } }";
    isWell.set(false);
    try (RunningServer server = RunningServer.of(config(backends.encoder(), closed, PATIENT))) {
      assertEquals(503, chat(server, "hello").statusCode());
      isWell.set(true);
      assertEquals(200, chat(server, "hello").statusCode());
    }
  }

  @Test
  void aDeadlineEndsTheWaitForExamplesToo() throws Exception {
    try (FakeBackend silent = FakeBackend.start(FakeBackend.Call::closedByPeer);
        RunningServer server =
            RunningServer.of(config(silent, "{ signals: { deadline: 100ms } }", 400))) {
      String eval = server.manage("/api/v1/eval", "{\"text\":\"hello\"}").body();
      assertTrue(eval.contains("no answer within 100 ms"), eval);
    }
  }
}
