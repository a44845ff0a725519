package dev.gatun.server.external;

import static dev.gatun.server.external.ComparingBackends.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.http.RunningServer;
import dev.gatun.server.wire.Json;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole router that is shown images: they go to another process, by real sockets. */
class ImageRouteTest {
  private static final String URI = "data:image/png;base64,";

  private final WordVectors vectors = new WordVectors("receipt", "circuit", "icon", "money");

  @AutoClose private final ComparingBackends backends = ComparingBackends.with(vectors::answer);

  @AutoClose private final FakeBackend eyes = FakeBackend.start(vectors::answer);

  /** Without any model. */
  @TempDir Path models;

  private RunningServer router(FakeBackend seeing) {
    String signals =
        """
          signals:
            embeddings:
              - { name: paper, threshold: 0.6, query_modality: image, candidates: [receipt] }
              - { name: bank, threshold: 0.6, candidates: [money] }
            complexity:
              - name: drawn
                threshold: 0.3
                hard: { candidates: [money], image_candidates: ["HARD"] }
                easy: { candidates: [receipt], image_candidates: ["EASY"] }
          decisions:
            - name: compared
              rules:
                operator: OR
                conditions:
                  - { type: embedding, name: paper }
                  - { type: embedding, name: bank }
                  - { type: complexity, name: "drawn:hard" }
              modelRefs: [{ model: large }]
        global:
          native: { models_dir: MODELS }
          model_catalog:
            external:
              - model_role: image_embedding
                llm_model_name: acme/eyes
                access_key: sk-eyes
                llm_endpoint: { address: 127.0.0.1, port: EYES }
            embeddings:
              semantic:
                embedding_config:
                  backend: remote
                  remote: { base_url: "http://127.0.0.1:ENCODER/v1", model: acme/e }
        """
            .replace("EYES", "" + seeing.port())
            .replace("HARD", image("circuit"))
            .replace("EASY", image("icon"));
    return RunningServer.of(backends.config(signals, models));
  }

  private static String image(String words) {
    return URI + WordVectors.coded(words);
  }

  private static String chat(String text, String address) {
    ObjectNode body = Json.object().put("model", "auto");
    ArrayNode parts = body.putArray("messages").addObject().put("role", "user").putArray("content");
    if (!text.isEmpty()) {
      parts.addObject().put("type", "text").put("text", text);
    }
    parts.addObject().put("type", "image_url").putObject("image_url").put("url", address);
    return body.toString();
  }

  private void skip(FakeBackend backend) throws Exception {
    while (backend.waiting() > 0) {
      backend.taken();
    }
  }

  @Test
  void anImageIsEmbeddedWhereTextsOfItsRulesAre() throws Exception {
    try (RunningServer server = router(eyes)) {
      skip(eyes); // examples
      String body = chat("", image("receipt"));
      HttpResponse<String> paper = server.chat(body);
      assertEquals("{\"from\":\"large\"}", paper.body());
      assertEquals("paper", header(paper, "x-vsr-matched-embeddings"));
      assertEquals("drawn:medium", header(paper, "x-vsr-matched-complexity"));
      assertEquals("", header(paper, "x-vsr-signals-degraded"));
      FakeBackend.Call seen = eyes.taken();
      assertEquals("POST /v1/embeddings HTTP/1.1", seen.requestLine());
      assertEquals("Bearer sk-eyes", seen.header("authorization"));
      assertEquals("acme/eyes", Json.read(seen.body()).path("model").asText());
      JsonNode sent = Json.read(backends.large().taken().body());
      assertEquals(
          image("receipt"),
          sent.at("/messages/0/content/0/image_url/url").asText(),
          "the backend gets the image");
      assertEquals(0, eyes.waiting(), "both families ask once");
      server.chat(body);
      assertEquals(0, eyes.waiting(), "what was seen is known");
      String info = server.get(server.server().management().resolve("/info/models")).body();
      assertTrue(info.contains("\"role\":\"image_embedding\""), info);
      assertTrue(info.contains("\"type\":\"embedding, complexity\""), info);
    }
  }

  @Test
  void howHardARequestIsDependsOnItsImageToo() throws Exception {
    try (RunningServer server = router(eyes)) {
      HttpResponse<String> hard = server.chat(chat("hello", image("circuit")));
      assertEquals("drawn:hard", header(hard, "x-vsr-matched-complexity"));
      HttpResponse<String> easy = server.chat(chat("hello", image("icon")));
      assertEquals("drawn:easy", header(easy, "x-vsr-matched-complexity"));
      assertEquals("{\"from\":\"small\"}", easy.body());
      HttpResponse<String> said =
          server.chat(
              "{\"messages\":[{\"role\":\"user\","
                  + "\"content\":\"a circuit\"}],\"model\":\"auto\"}");
      assertEquals("drawn:hard", header(said, "x-vsr-matched-complexity"), "a text among images");
    }
  }

  @Test
  void whatAnAddressNamesIsNeitherFetchedNorCompared() throws Exception {
    try (RunningServer server = router(eyes)) {
      skip(eyes);
      String address = "http://127.0.0.1:" + eyes.port() + "/receipt.png";
      HttpResponse<String> reply = server.chat(chat("hello", address));
      assertEquals("", header(reply, "x-vsr-matched-embeddings"));
      assertEquals("POST /v1/embeddings HTTP/1.1", eyes.taken().requestLine(), "the text alone");
      assertEquals(0, eyes.waiting());
    }
  }

  @Test
  void whatCannotBeSeenIsToldWithoutWhatWasShown() throws Exception {
    try (FakeBackend blind = FakeBackend.start(call -> call.json(500, "{}"));
        RunningServer server = router(blind)) {
      String body = chat("money", image("receipt"));
      HttpResponse<String> reply = server.chat(body);
      assertEquals(200, reply.statusCode());
      assertEquals("bank", header(reply, "x-vsr-matched-embeddings"), "the text counts");
      assertEquals("drawn:hard", header(reply, "x-vsr-matched-complexity"));
      assertEquals("complexity,embedding", header(reply, "x-vsr-signals-degraded"));
      JsonNode messages = Json.read(body.getBytes(StandardCharsets.UTF_8)).path("messages");
      String eval = server.manage("/api/v1/eval", "{\"messages\":" + messages + "}").body();
      assertTrue(eval.contains("answered with status 500"), eval);
      assertFalse(eval.contains(image("receipt").substring(URI.length())), eval);
    }
  }

  @Test
  void anImageAloneCanBeEvaluatedInEveryProtocol() throws Exception {
    try (RunningServer server = router(eyes)) {
      String data = image("receipt").substring(URI.length());
      List<String> bodies =
          List.of(
              "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
                  + "\"image_url\":{\"url\":\"URI\"}}]}]}",
              "{\"anthropic_version\":\"1\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\","
                  + "\"content\":[{\"type\":\"image\",\"source\":{\"type\":\"base64\","
                  + "\"media_type\":\"image/png\",\"data\":\"DATA\"}}]}]}",
              "{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\","
                  + "\"image_url\":\"URI\"}]}]}");
      for (String body : bodies) {
        String text = body.replace("URI", image("receipt")).replace("DATA", data);
        HttpResponse<String> reply = server.manage("/api/v1/eval", text);
        assertEquals(200, reply.statusCode(), reply.body());
        assertTrue(reply.body().contains("\"embeddings\":[\"paper\"]"), reply.body());
      }
    }
  }
}
