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
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole router that is spoken to: sound goes to another process, by real sockets. */
class AudioRouteTest {
  private final WordVectors vectors = new WordVectors("weather", "money", "proof", "hello");

  @AutoClose private final ComparingBackends backends = ComparingBackends.with(vectors::answer);

  /** Without any model. */
  @TempDir Path models;

  /** Writes down the bytes between the head of the file and the end of the form. */
  private static void transcribe(FakeBackend.Call call) throws Exception {
    String form = call.text();
    int from = form.indexOf("\r\n\r\n", form.indexOf("name=\"file\"")) + 4;
    String sound = form.substring(from, form.lastIndexOf("\r\n--"));
    call.json(200, Json.object().put("text", sound).toString());
  }

  private String config(String external) {
    String signals =
        """
          signals:
            embeddings:
              - { name: sky, threshold: 0.6, query_modality: audio, candidates: [weather] }
              - { name: bank, threshold: 0.6, candidates: [money] }
          decisions:
            - name: compared
              rules:
                operator: OR
                conditions: [{ type: embedding, name: sky }, { type: embedding, name: bank }]
              modelRefs: [{ model: large }]
        global:
          native: { models_dir: MODELS }
          model_catalog:
            external: [EXTERNAL]
            embeddings:
              semantic:
                embedding_config:
                  backend: remote
                  remote: { base_url: "http://127.0.0.1:ENCODER/v1", model: acme/e }
        """
            .replace("EXTERNAL", external);
    return backends.config(signals, models);
  }

  private RunningServer router(String role, FakeBackend hearing) {
    return RunningServer.of(config(external(role, hearing)));
  }

  private static String external(String role, FakeBackend process) {
    return "{ model_role: "
        + role
        + ", llm_model_name: acme/ears, access_key: sk-ears, llm_endpoint: "
        + "{ address: 127.0.0.1, port: "
        + process.port()
        + " } }";
  }

  private static String body(String text, String sound, String format) {
    ObjectNode body = Json.object().put("model", "auto");
    ArrayNode parts = body.putArray("messages").addObject().put("role", "user").putArray("content");
    if (!text.isEmpty()) {
      parts.addObject().put("type", "text").put("text", text);
    }
    parts
        .addObject()
        .put("type", "input_audio")
        .putObject("input_audio")
        .put("data", sound)
        .put("format", format);
    return body.toString();
  }

  private static String sound(String words) {
    return WordVectors.coded(words);
  }

  @Test
  void whatIsSaidIsWrittenDownAndRoutesTheRequestUnchanged() throws Exception {
    try (FakeBackend ears = FakeBackend.start(AudioRouteTest::transcribe);
        RunningServer server = router("transcription", ears)) {
      String body = body("", sound("how is the weather"), "wav");
      HttpResponse<String> sky = server.chat(body);
      assertEquals("{\"from\":\"large\"}", sky.body());
      assertEquals("sky", header(sky, "x-vsr-matched-embeddings"));
      assertEquals("", header(sky, "x-vsr-signals-degraded"));
      FakeBackend.Call asked = ears.taken();
      assertEquals("POST /v1/audio/transcriptions HTTP/1.1", asked.requestLine());
      assertEquals("Bearer sk-ears", asked.header("authorization"));
      assertTrue(asked.text().contains("name=\"model\"\r\n\r\nacme/ears\r\n"), asked.text());
      assertTrue(asked.text().contains("filename=\"audio.wav\""), asked.text());
      JsonNode sent = Json.read(backends.large().taken().body());
      assertEquals(
          sound("how is the weather"),
          sent.at("/messages/0/content/0/input_audio/data").asText(),
          "the backend gets the sound");
      HttpResponse<String> rest = server.chat(body("", sound("good morning"), "wav"));
      assertEquals("{\"from\":\"small\"}", rest.body());
      assertEquals(1, ears.waiting());
      server.chat(body);
      assertEquals(1, ears.waiting(), "what was heard is known");
    }
  }

  @Test
  void textAndSoundEachHaveTheirRules() throws Exception {
    try (FakeBackend ears = FakeBackend.start(AudioRouteTest::transcribe);
        RunningServer server = router("transcription", ears)) {
      HttpResponse<String> both = server.chat(body("money", sound("weather"), "mp3"));
      assertEquals("bank,sky", header(both, "x-vsr-matched-embeddings"), "the best of each");
      HttpResponse<String> swapped = server.chat(body("weather", sound("money"), "mp3"));
      assertEquals("", header(swapped, "x-vsr-matched-embeddings"));
    }
  }

  @Test
  void soundIsEmbeddedWhereTextsOfItsRulesAre() throws Exception {
    try (FakeBackend ears = FakeBackend.start(vectors::answer);
        RunningServer server = router("audio_embedding", ears)) {
      HttpResponse<String> sky = server.chat(body("", sound("weather"), "wav"));
      assertEquals("sky", header(sky, "x-vsr-matched-embeddings"));
      assertEquals("{\"input\":[\"weather\"]", texts(ears.taken()), "examples");
      FakeBackend.Call heard = ears.taken();
      assertEquals("POST /v1/embeddings HTTP/1.1", heard.requestLine());
      assertTrue(heard.text().contains("\"format\":\"wav\""), heard.text());
      assertEquals("{\"input\":[\"money\"]", texts(backends.encoder().taken()));
      assertEquals(0, backends.encoder().waiting(), "no text was there");
      String info = server.get(server.server().management().resolve("/info/models")).body();
      assertTrue(info.contains("\"role\":\"audio_embedding\""), info);
      assertTrue(info.contains("\"type\":\"embedding\""), info);
    }
  }

  private static String texts(FakeBackend.Call call) throws Exception {
    return "{\"input\":" + Json.read(call.body()).path("input");
  }

  @Test
  void whatCannotBeHeardIsToldWithoutWhatWasSaid() throws Exception {
    try (FakeBackend deaf = FakeBackend.start(call -> call.json(500, "{}"));
        RunningServer server = router("transcription", deaf)) {
      HttpResponse<String> reply = server.chat(body("money", sound("weather"), "wav"));
      assertEquals(200, reply.statusCode());
      assertEquals("bank", header(reply, "x-vsr-matched-embeddings"), "the text counts");
      assertEquals("embedding", header(reply, "x-vsr-signals-degraded"));
      String told = degraded(server, sound("weather"), "wav");
      assertTrue(told.contains("answered with status 500"), told);
      assertFalse(told.contains("weather"), told);
    }
  }

  @Test
  void badSoundIsAskedOfNobody() throws Exception {
    try (FakeBackend ears = FakeBackend.start(AudioRouteTest::transcribe);
        RunningServer server = router("transcription", ears)) {
      assertTrue(degraded(server, "no base64!", "wav").contains("not in base64"));
      assertTrue(degraded(server, sound("a"), "wav\"\r\nx: y").contains("that is no name"));
      assertEquals(0, ears.waiting());
    }
  }

  private static String degraded(RunningServer server, String sound, String format)
      throws Exception {
    String body =
        "{\"messages\":" + Json.read(utf8(body("", sound, format))).path("messages") + "}";
    String eval = server.manage("/api/v1/eval", body).body();
    return Json.read(utf8(eval)).path("degraded_signals").toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
