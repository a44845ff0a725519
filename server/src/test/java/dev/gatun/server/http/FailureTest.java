package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.server.StartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What a client sees when something goes wrong. */
class FailureTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void aRefusedConnectionIs502() throws Exception {
    try (FakeBackend gone = closed();
        RunningServer server = RunningServer.over(gone, gone)) {
      HttpResponse<String> reply = server.chat(Bodies.chat("auto", "hi"));
      assertError(502, "upstream_connect_error", reply);
      assertEquals("small", reply.headers().firstValue("x-vsr-selected-model").orElseThrow());
      assertEquals("error", reply.headers().firstValue("x-vsr-response-path").orElseThrow());
      assertTrue(reply.headers().firstValue("x-request-id").isPresent());
    }
  }

  @Test
  void anotherBackendOfTheModelIsTriedWhenOneCannotBeReached() throws Exception {
    try (FakeBackend gone = closed();
        FakeBackend alive = FakeBackend.start(call -> call.json(200, "{}"))) {
      String second = "\n        - endpoint: 127.0.0.1:" + alive.port();
      String yaml =
          RunningServer.standard(gone, gone)
              .replaceFirst("(- endpoint: 127.0.0.1:" + gone.port() + ")", "$1" + second);
      try (RunningServer server = RunningServer.of(yaml)) {
        for (int i = 0; i < 4; i++) {
          assertEquals(200, server.chat(Bodies.chat("auto", "hi")).statusCode());
        }
        assertEquals(4, alive.waiting());
      }
    }
  }

  @Test
  void noResponseInTimeIs504() throws Exception {
    try (FakeBackend silent = FakeBackend.start(FakeBackend.Call::closedByPeer)) {
      String yaml =
          RunningServer.standard(silent, silent).replace("first_byte: 60s", "first_byte: 200ms");
      try (RunningServer server = RunningServer.of(yaml)) {
        HttpResponse<String> reply = server.chat(Bodies.chat("auto", "hi"));
        assertError(504, "upstream_first_byte_timeout", reply);
        assertTrue(silent.taken().closedByPeer());
      }
    }
  }

  @Test
  void theDeadlineOfTheListenerIs504() throws Exception {
    try (FakeBackend silent = FakeBackend.start(FakeBackend.Call::closedByPeer)) {
      String yaml =
          RunningServer.standard(silent, silent).replace("timeout: 20s", "timeout: 300ms");
      try (RunningServer server = RunningServer.of(yaml)) {
        assertError(504, "deadline_exceeded", server.chat(Bodies.chat("auto", "hi")));
      }
    }
  }

  @Test
  void aBodyThatDoesNotArriveIs408() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"))) {
      String yaml = RunningServer.standard(small, small).replace("timeout: 20s", "timeout: 300ms");
      try (RunningServer server = RunningServer.of(yaml);
          RawClient client = server.raw()) {
        client.send(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"mo");
        assertEquals(408, client.head().status());
      }
    }
  }

  @Test
  void aBackendThatClosesOrBreaksOffIs502() throws Exception {
    try (FakeBackend closing = FakeBackend.start(call -> call.socket().close());
        FakeBackend half =
            FakeBackend.start(call -> {
              call.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":");
              call.socket().close();
            });
        RunningServer server = RunningServer.over(closing, half)) {
      assertError(502, "upstream_closed", server.chat(Bodies.chat("auto", "hi")));
      assertEquals(1, closing.waiting());
      assertError(502, "upstream_closed", server.chat(Bodies.chat("large", "hi")));
    }
  }

  @Test
  void badRequestsAreNamed() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = RunningServer.over(small, small)) {
      assertMessage(400, "malformed JSON body", server.chat("{not json"));
      assertMessage(400, "malformed JSON body", server.chat(""));
      assertMessage(400, "malformed JSON body", server.chat("{\"model\":\"a\",\"model\":\"b\"}"));
      assertMessage(400, "messages field is required", server.chat("{\"model\":\"auto\"}"));
      assertMessage(
          400,
          "messages field must be an array",
          server.chat("{\"model\":\"auto\",\"messages\":{}}"));
      assertMessage(400, "missing required field: model", server.chat("{\"messages\":[]}"));
      assertMessage(
          400,
          "field stream must be boolean, got string",
          server.chat("{\"model\":\"auto\",\"messages\":[],\"stream\":\"yes\"}"));
      HttpResponse<String> unknown = server.chat(Bodies.chat("smal", "hi"));
      assertError(404, "model_not_found", unknown);
      assertMessage(404, "small", unknown);
      assertEquals(0, small.connections());
      String secret = server.chat("{not json", "authorization", "Bearer sk-super-secret").body();
      assertFalse(secret.contains("sk-super-secret"));
    }
  }

  @Test
  void whereNoModelIsChosenTheAutomaticNameIsNamed() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"))) {
      String text =
          RunningServer.standard(small, small).replace("    default_model: small\n", "    {}\n")
              + "global: {router: {auto_model_name: robo}}\n";
      try (RunningServer server = RunningServer.of(text)) {
        HttpResponse<String> reply = server.chat(Bodies.chat("robo", "hi"));
        assertError(404, "model_not_found", reply);
        assertMessage(404, "robo", reply);
        HttpResponse<String> eval =
            server.post(
                server.server().management().resolve("/api/v1/eval"),
                "{\"text\": \"hi\", \"model\": \"robo\"}");
        String error = JSON.readTree(eval.body()).path("selection_error").asText();
        assertTrue(error.contains("'robo'"), eval.body());
        assertEquals(0, small.connections());
      }
    }
  }

  @Test
  void pathsAndMethods() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = RunningServer.over(small, small)) {
      var data = server.data();
      assertError(405, "method_not_allowed", server.get(data.resolve("/v1/chat/completions")));
      assertError(405, "method_not_allowed", server.post(data.resolve("/v1/models"), "{}"));
      assertError(404, "not_found", server.post(data.resolve("/v1/embeddings"), "{}"));
      assertError(404, "not_found", server.get(data.resolve("/nowhere")));
      assertError(404, "model_not_found", server.get(data.resolve("/v1/models/nobody")));
      String chat = Bodies.chat("auto", "hi");
      assertEquals(200, server.post(data.resolve("/v1/chat/completions/?x=1"), chat).statusCode());
      assertEquals(200, server.get(data.resolve("/health")).statusCode());
      assertEquals(200, server.get(data.resolve("/ready")).statusCode());
      JsonNode list = JSON.readTree(server.get(data.resolve("/v1/models")).body());
      assertEquals("MoM", list.at("/data/0/id").asText());
      assertEquals(1, list.path("data").size());
      JsonNode one = JSON.readTree(server.get(data.resolve("/v1/models/large")).body());
      assertEquals("large", one.path("id").asText());
    }
  }

  /** Spec http-api §2.2. */
  @Test
  void aClientOfAnthropicIsToldInItsOwnForm() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = RunningServer.over(small, small)) {
      var data = server.data();
      HttpResponse<String> reply =
          server.post(data.resolve("/v1/messages"), "{}", "x-request-id", "r-1");
      assertEquals(501, reply.statusCode());
      JsonNode body = JSON.readTree(reply.body());
      assertEquals("error", body.path("type").asText());
      assertEquals("api_error", body.at("/error/type").asText());
      assertTrue(body.at("/error/message").asText().contains("/v1/chat/completions"));
      assertEquals(2, body.path("error").size());
      assertEquals("r-1", body.path("request_id").asText());
      HttpResponse<String> get = server.get(data.resolve("/v1/messages"));
      assertEquals(405, get.statusCode());
      assertEquals("invalid_request_error", JSON.readTree(get.body()).at("/error/type").asText());
      HttpResponse<String> count = server.post(data.resolve("/v1/messages/count_tokens"), "{}");
      assertEquals(404, count.statusCode());
      assertEquals("not_found_error", JSON.readTree(count.body()).at("/error/type").asText());
      assertError(404, "not_found", server.post(data.resolve("/v1/responses"), "{}"));
    }
  }

  @Test
  void aBodyBeyondTheLimitIs413() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = RunningServer.over(small, small);
        RawClient client = server.raw()) {
      client.send(
          "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 999999999\r\n\r\n");
      client.socket().shutdownOutput();
      RawClient.Head head = client.head();
      assertEquals(413, head.status());
      assertEquals("close", head.headers().get("connection"));
    }
  }

  @Test
  void keysAreAskedFor() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"))) {
      String yaml =
          RunningServer.standard(small, small)
              .replace("    timeout: 20s", "    timeout: 20s\n    api_keys: [key-a, key-b]");
      try (RunningServer server = RunningServer.of(yaml)) {
        String chat = Bodies.chat("auto", "hi");
        assertError(401, "invalid_api_key", server.chat(chat));
        assertError(401, "invalid_api_key", server.chat(chat, "authorization", "Bearer key-c"));
        assertEquals(200, server.chat(chat, "authorization", "Bearer key-b").statusCode());
        assertEquals("", small.taken().header("authorization"));
        assertEquals(200, server.get(server.data().resolve("/ready")).statusCode());
      }
    }
  }

  @Test
  void manyRequestsAtOnce() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, call.text()));
        FakeBackend large = FakeBackend.start(call -> call.json(200, call.text()));
        RunningServer server = RunningServer.of(RunningServer.standard(small, large));
        ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("load-", 0).factory())) {
      List<Future<HttpResponse<String>>> replies = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        String text = (i % 2 == 0 ? "urgent " : "calm ") + i;
        replies.add(threads.submit(() -> server.chat(Bodies.chat("auto", text))));
      }
      for (int i = 0; i < 400; i++) {
        HttpResponse<String> reply = replies.get(i).get();
        assertEquals(200, reply.statusCode(), reply.body());
        assertTrue(reply.body().contains(" " + i + "\""), reply.body());
        String model = reply.headers().firstValue("x-vsr-selected-model").orElseThrow();
        assertEquals(i % 2 == 0 ? "large" : "small", model);
      }
    }
  }

  @Test
  void openStreamsFinishWhenTheServerStops() throws Exception {
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.eventsHead();
              call.chunk("data: 1\n\n");
              call.await();
              call.chunk("data: [DONE]\n\n");
              call.end();
            });
        RunningServer server = RunningServer.over(small, small);
        RawClient client = server.raw()) {
      client.post("/v1/chat/completions", Bodies.stream("auto", "hi"));
      client.head();
      assertEquals("data: 1\n\n", client.chunk());
      Thread stop = Thread.ofVirtual().start(() -> server.server().close());
      waitUntilRefused(server);
      small.taken().proceed().countDown();
      assertEquals("data: [DONE]\n\n", client.chunks());
      stop.join();
    }
  }

  @Test
  void aTakenPortIsSaidInOneLine() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String yaml =
          RunningServer.standard(small, small)
              + "\nglobal:\n  services:\n    management_api: { port: "
              + taken.getLocalPort()
              + " }\n";
      StartException problem =
          assertThrows(
              StartException.NoSocket.class,
              () -> RunningServer.startWithOwnPorts(yaml, Duration.ZERO));
      assertTrue(problem.getMessage().contains(":" + taken.getLocalPort()), problem.getMessage());
      assertFalse(problem.getMessage().contains("\n"));
    }
  }

  /** Spec README "Two semantics": one type, the status as a number, and nothing else. */
  @Test
  void upstreamSemanticsTellErrorsInItsWords() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server =
            RunningServer.of(
                RunningServer.standard(small, small)
                    + "global: { router: { compatibility: upstream-0.3 } }\n")) {
      assertUpstreamError(400, "malformed JSON body", server.chat("{not json"));
      assertUpstreamError(400, "messages field is required", server.chat("{\"model\":\"auto\"}"));
      assertUpstreamError(404, "smal", server.chat(Bodies.chat("smal", "hi")));
      assertUpstreamError(
          404, "endpoint not found", server.get(server.data().resolve("/v1/completions")));
      assertUpstreamError(
          405, "method not allowed", server.get(server.data().resolve("/v1/chat/completions")));
    }
  }

  private static void assertUpstreamError(int status, String part, HttpResponse<String> reply)
      throws IOException {
    assertMessage(status, part, reply);
    JsonNode error = JSON.readTree(reply.body()).path("error");
    assertEquals("invalid_request_error", error.path("type").asText(), reply.body());
    assertTrue(error.path("code").isInt() && error.path("code").asInt() == status, reply.body());
    assertEquals(3, error.size(), reply.body());
  }

  private static void waitUntilRefused(RunningServer server) {
    while (true) {
      try {
        server.raw().close();
      } catch (UncheckedIOException refused) {
        return;
      }
    }
  }

  private static FakeBackend closed() throws IOException {
    FakeBackend backend = FakeBackend.start(call -> {});
    backend.close();
    return backend;
  }

  private static void assertError(int status, String code, HttpResponse<String> reply)
      throws IOException {
    assertEquals(status, reply.statusCode(), reply.body());
    JsonNode error = JSON.readTree(reply.body()).path("error");
    assertEquals(code, error.path("code").asText(), reply.body());
    assertTrue(error.path("message").isTextual() && error.path("type").isTextual());
  }

  private static void assertMessage(int status, String part, HttpResponse<String> reply)
      throws IOException {
    assertEquals(status, reply.statusCode(), reply.body());
    String message = JSON.readTree(reply.body()).at("/error/message").asText();
    assertTrue(message.contains(part), message);
  }
}
