package dev.gatun.server.external;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.RemoteEmbeddings;
import dev.gatun.router.config.Target;
import dev.gatun.router.model.Secret;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Embedding;
import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.upstream.Upstream;
import dev.gatun.server.wire.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sentence encoder of another process on real sockets: well, slow, broken and hostile. */
class RemoteEncoderTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Upstream upstream = new Upstream();

  @AfterEach
  void stop() {
    upstream.close();
  }

  private RemoteEncoder encoder(int port, OptionalInt dimensions, Duration timeout, int batch) {
    return RemoteEncoder.of(
        new RemoteEmbeddings(
            Target.parse("http://127.0.0.1:" + port + "/v1", "").orElseThrow(),
            "/v1/embeddings",
            "acme/small",
            Optional.of(new Secret("sk-embed")),
            dimensions,
            timeout,
            batch),
        upstream);
  }

  private RemoteEncoder encoder(FakeBackend backend) {
    return encoder(backend.port(), OptionalInt.empty(), LONG, 32);
  }

  /** As a service answers: the vector of a text is its length and 3. */
  private static String answer(JsonNode asked) {
    ObjectNode reply = Json.object().put("object", "list").put("model", "acme/small");
    ArrayNode data = reply.putArray("data");
    for (int i = asked.path("input").size() - 1; i >= 0; i--) {
      ObjectNode item = data.addObject().put("object", "embedding").put("index", i);
      item.putArray("embedding").add(asked.path("input").get(i).asText().length()).add(3);
    }
    return reply.toString();
  }

  private static void serve(FakeBackend.Call call) throws Exception {
    call.json(200, answer(Json.read(call.body())));
  }

  private static List<Embedding> known(Answer<List<Embedding>> answer) {
    return answer.fold(found -> found, reason -> List.of(fail(reason)));
  }

  private static Embedding fail(String reason) {
    throw new AssertionError(reason);
  }

  private String failure(String body, int texts) {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(200, body))) {
      List<String> asked = IntStream.range(0, texts).mapToObj(i -> "text " + i).toList();
      return assertInstanceOf(Answer.Failed.class, encoder(backend).embed(asked)).reason();
    }
  }

  @Test
  void textsBecomeVectorsOfUnitLengthInTheirOrder() throws Exception {
    try (FakeBackend backend = FakeBackend.start(RemoteEncoderTest::serve)) {
      List<Embedding> found = known(encoder(backend).embed(List.of("four", "\"é\"\n", "")));
      assertEquals(3, found.size());
      assertEquals(0.8f, found.get(0).components()[0]);
      assertEquals(0.6f, found.get(0).components()[1]);
      assertEquals(0f, found.get(2).components()[0]);
      FakeBackend.Call call = backend.taken();
      assertEquals("POST /v1/embeddings HTTP/1.1", call.requestLine());
      assertEquals("Bearer sk-embed", call.header("authorization"));
      assertEquals("application/json", call.header("content-type"));
      JsonNode body = Json.read(call.body());
      assertEquals("acme/small", body.path("model").asText());
      assertEquals("float", body.path("encoding_format").asText());
      assertEquals("\"é\"\n", body.at("/input/1").asText());
      assertFalse(body.has("dimensions"), "many servers refuse any");
    }
  }

  @Test
  void noMoreTextsThanAllowedGoIntoOneRequest() throws Exception {
    try (FakeBackend backend = FakeBackend.start(RemoteEncoderTest::serve)) {
      RemoteEncoder encoder = encoder(backend.port(), OptionalInt.of(2), LONG, 3);
      List<String> texts = IntStream.range(0, 7).mapToObj("x"::repeat).toList();
      List<Embedding> found = known(encoder.embed(texts));
      for (int i = 0; i < texts.size(); i++) {
        assertEquals((float) (i / Math.sqrt(i * i + 9)), found.get(i).components()[0]);
      }
      List<Integer> sizes = new ArrayList<>();
      while (backend.waiting() > 0) {
        sizes.add(Json.read(backend.taken().body()).path("input").size());
      }
      assertEquals(List.of(3, 3, 1), sizes);
      assertEquals(List.of(), known(encoder.embed(List.of())));
      assertEquals(0, backend.waiting(), "nothing is asked about nothing");
    }
  }

  @Test
  void longVectorsAreAskedForInSmallerRequests() throws Exception {
    try (FakeBackend backend = FakeBackend.start(RemoteEncoderTest::serve)) {
      RemoteEncoder encoder = encoder(backend.port(), OptionalInt.empty(), LONG, 2_048);
      known(encoder.embed(IntStream.range(0, 100).mapToObj(i -> "x").toList()));
      assertTrue(backend.waiting() > 1, "one answer would be longer than is read");
    }
  }

  @Test
  void anAnswerWithoutNumbersIsInOrder() {
    String body = "{\"data\":[{\"embedding\":[1,0]},{\"embedding\":[0,1]}]}";
    try (FakeBackend backend = FakeBackend.start(call -> call.json(200, body))) {
      List<Embedding> found = known(encoder(backend).embed(List.of("a", "b")));
      assertEquals(1f, found.get(0).components()[0]);
      assertEquals(1f, found.get(1).components()[1]);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not JSON",
        "[]",
        "{}",
        "{\"data\":{}}",
        "{\"data\":[]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":0,\"embedding\":[1]}]}",
        "{\"data\":[{\"index\":1,\"embedding\":[1]},{\"index\":2,\"embedding\":[1]}]}",
        "{\"data\":[{\"index\":\"0\",\"embedding\":[1]},{\"index\":1,\"embedding\":[1]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":[]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":[0,0]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":[null]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":[1e999]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":[1e200]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":\"AAAA\"},{\"index\":1,\"embedding\":\"AA\"}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":[1,2]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[NaN]},{\"index\":1,\"embedding\":[1]}]}"
      })
  void anAnswerOfAnotherFormIsAFailure(String body) {
    String reason = failure(body, 2);
    assertTrue(reason.startsWith("model embeddings/acme/small "), reason);
  }

  @Test
  void vectorsOfAnotherLengthThanWrittenAreAFailure() {
    try (FakeBackend backend = FakeBackend.start(RemoteEncoderTest::serve)) {
      RemoteEncoder encoder = encoder(backend.port(), OptionalInt.of(384), LONG, 32);
      String reason = assertInstanceOf(Answer.Failed.class, encoder.embed(List.of("a"))).reason();
      assertTrue(reason.endsWith("answered with a vector of 2 numbers, not 384"), reason);
    }
  }

  @Test
  void aServiceWhoseVectorsChangeTheirLengthIsNotCompared() {
    try (FakeBackend backend =
        FakeBackend.start(call -> {
          boolean isOther = call.text().contains("other");
          String numbers = isOther ? "[1,2,3]" : "[1,2]";
          call.json(200, "{\"data\":[{\"index\":0,\"embedding\":" + numbers + "}]}");
        })) {
      RemoteEncoder encoder = encoder(backend);
      known(encoder.embed(List.of("one")));
      assertInstanceOf(Answer.Failed.class, encoder.embed(List.of("other")));
      known(encoder.embed(List.of("one more")));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503, 429, 401, 400, 302})
  void anotherStatusIsAFailureAndItsBodyIsNotTold(int status) {
    try (FakeBackend backend =
        FakeBackend.start(call -> call.json(status, "{\"error\":\"sk-embed\"}"))) {
      assertEquals(
          Answer.failed("model embeddings/acme/small answered with status " + status),
          encoder(backend).embed(List.of("a")));
    }
  }

  @Test
  void aServiceThatSaysNothingIsLate() {
    try (FakeBackend backend = FakeBackend.start(FakeBackend.Call::closedByPeer)) {
      RemoteEncoder encoder =
          encoder(backend.port(), OptionalInt.empty(), Duration.ofMillis(300), 32);
      assertEquals(
          Answer.failed("model embeddings/acme/small did not answer within 300 ms"),
          encoder.embed(List.of("a")));
    }
  }

  @Test
  void anEndlessAnswerIsNotReadToItsEnd() {
    try (FakeBackend backend =
        FakeBackend.start(call -> {
          call.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
          while (true) {
            call.chunk(" ".repeat(8 << 10));
          }
        })) {
      RemoteEncoder encoder = encoder(backend.port(), OptionalInt.of(2), LONG, 32);
      String reason = assertInstanceOf(Answer.Failed.class, encoder.embed(List.of("a"))).reason();
      assertEquals("model embeddings/acme/small answered with more than 65600 bytes", reason);
    }
  }

  @Test
  void theFirstRequestThatFailsEndsTheQuestion() {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(500, "{}"))) {
      RemoteEncoder encoder = encoder(backend.port(), OptionalInt.of(2), LONG, 1);
      assertInstanceOf(Answer.Failed.class, encoder.embed(List.of("a", "b", "c")));
      assertEquals(1, backend.waiting());
    }
  }

  @Test
  void aServiceThatFailsAgainAndAgainIsLeftAlone() {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(500, "{}"))) {
      RemoteEncoder encoder = encoder(backend);
      for (int i = 0; i < CarefulCalls.WATCHED_MIN; i++) {
        encoder.lasting().embed(List.of("a"));
      }
      String reason = assertInstanceOf(Answer.Failed.class, encoder.embed(List.of("a"))).reason();
      assertTrue(reason.contains("is left alone"), reason);
      assertEquals(CarefulCalls.WATCHED_MIN, backend.waiting(), "nothing more is sent");
    }
  }
}
