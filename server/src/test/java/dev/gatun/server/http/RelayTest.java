package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** What crosses the proxy, and what does not, over real sockets. */
class RelayTest {
  private static final String REPLY =
      "{\"id\":\"x\",\"choices\":[{\"message\":{\"reasoning_content\":\"r\",\"content\":\"c\"}}],"
          + "\"x_reply\":{\"b\":2.50},\"usage\":{\"total_tokens\":3}}";

  @Test
  void onlyTheModelOfTheBodyChanges() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, REPLY));
        FakeBackend large = FakeBackend.start(call -> call.json(200, REPLY));
        RunningServer server = RunningServer.over(small, large)) {
      String body =
          "{ \"seed\" : 12345678901234567890,\n\t\"temperature\":0.10, \"x\":{\"model\":\"inner\"},"
              + " \"model\" : \"au\\u0074o\" ,\"messages\":[{\"role\":\"user\",\"content\":\"hé 🙂"
              + " \\u00e9\"}],\"n\":1e0 }";
      HttpResponse<String> reply = server.chat(body);
      assertEquals(200, reply.statusCode());
      assertEquals(REPLY, reply.body());
      assertEquals("application/json", reply.headers().firstValue("content-type").orElseThrow());
      assertEquals(body.replace("\"au\\u0074o\"", "\"acme/small\""), small.taken().text());
    }
  }

  @Test
  void theDecisionChoosesTheBackendAndIsNamed() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, REPLY));
        FakeBackend large = FakeBackend.start(call -> call.json(200, REPLY));
        RunningServer server = RunningServer.over(small, large)) {
      HttpResponse<String> reply =
          server.chat(
              "{\"model\":\"MoM\",\"messages\":[{\"role\":\"user\",\"content\":\"urgent!\"}]}",
              "x-request-id",
              "abc-1",
              "x-custom-test",
              "v-1",
              "traceparent",
              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
              "authorization",
              "Bearer client-secret",
              "x-vsr-selected-decision",
              "forged",
              "x-authz-user-id",
              "forged",
              "x-user-openai-key",
              "sk-user",
              "cookie",
              "session=1");
      assertHeader("urgent_route", reply, "x-vsr-selected-decision");
      assertHeader("large", reply, "x-vsr-selected-model");
      assertHeader("1.0000", reply, "x-vsr-selected-confidence");
      assertHeader("on", reply, "x-vsr-selected-reasoning");
      assertHeader("urgent", reply, "x-vsr-matched-keywords");
      assertHeader("openai", reply, "x-vsr-inbound-protocol");
      assertHeader("false", reply, "x-vsr-injected-system-prompt");
      assertHeader("upstream", reply, "x-vsr-response-path");
      assertHeader("1", reply, "x-vsr-schema-version");
      assertHeader("abc-1", reply, "x-request-id");
      FakeBackend.Call seen = large.taken();
      assertEquals("POST /v1/chat/completions HTTP/1.1", seen.requestLine());
      assertEquals("Bearer sk-backend", seen.header("authorization"));
      assertEquals("blue", seen.header("x-team"));
      assertEquals("v-1", seen.header("x-custom-test"));
      assertEquals("abc-1", seen.header("x-request-id"));
      assertTrue(seen.header("traceparent").contains("0af7651916cd43dd8448eb211c80319c"));
      for (String name : seen.headers().keySet()) {
        assertFalse(name.startsWith("x-vsr-") || name.startsWith("x-authz-"), name);
      }
      assertEquals("", seen.header("x-user-openai-key"));
      assertEquals("", seen.header("cookie"));
    }
  }

  @Test
  void whoErrsIsToldTheProtocol() throws Exception {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(200, REPLY));
        RunningServer server = RunningServer.over(backend, backend)) {
      HttpResponse<String> bad = server.chat("{bad");
      assertEquals(400, bad.statusCode());
      assertHeader("openai", bad, "x-vsr-inbound-protocol");
      URI data = server.server().data().getFirst();
      HttpResponse<String> other = server.get(data.resolve("/v1/messages"));
      assertEquals(405, other.statusCode());
      assertHeader("anthropic", other, "x-vsr-inbound-protocol");
    }
  }

  @Test
  void errorsAndHeadersOfABackendPassThrough() throws Exception {
    try (FakeBackend small =
            FakeBackend.start(call ->
                call.send(
                    """
                    HTTP/1.1 429 Slow\r
                    retry-after: 7\r
                    x-ratelimit-remaining: 0\r
                    x-vsr-selected-model: forged\r
                    connection: x-hop\r
                    x-hop: 1\r
                    set-cookie: a=b\r
                    content-length: 3\r
                    \r
                    { }\
                    """));
        RunningServer server = RunningServer.over(small, small)) {
      HttpResponse<String> reply = server.chat(Bodies.chat("auto", "hello"));
      assertEquals(429, reply.statusCode());
      assertEquals("{ }", reply.body());
      assertHeader("7", reply, "retry-after");
      assertHeader("0", reply, "x-ratelimit-remaining");
      assertHeader("small", reply, "x-vsr-selected-model");
      assertTrue(reply.headers().firstValue("x-hop").isEmpty());
      assertTrue(reply.headers().firstValue("set-cookie").isEmpty());
    }
  }

  @Test
  void aBodyDelimitedByTheEndOfTheConnectionIsWhole() throws Exception {
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.send("HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{\"a\":");
              call.send("1}");
              call.socket().close();
            });
        RunningServer server = RunningServer.over(small, small)) {
      assertEquals("{\"a\":1}", server.chat(Bodies.chat("auto", "hello")).body());
    }
  }

  @Test
  void redirectsAreNotFollowed() throws Exception {
    try (FakeBackend other = FakeBackend.start(call -> call.json(200, "{}"));
        FakeBackend small =
            FakeBackend.start(call ->
                call.send(
                    "HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:"
                        + other.port()
                        + "/\r\ncontent-length: 0\r\n\r\n"));
        RunningServer server = RunningServer.over(small, small)) {
      assertEquals(307, server.chat(Bodies.chat("auto", "hello")).statusCode());
      assertEquals(0, other.connections());
    }
  }

  @Test
  void aLargeBodyIsRelayedWhole() throws Exception {
    String big = "{\"a\":\"" + "x".repeat(3_000_000) + "\"}";
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, big));
        RunningServer server = RunningServer.over(small, small)) {
      assertEquals(big, server.chat(Bodies.chat("auto", "y".repeat(5_000_000))).body());
      assertEquals(
          5_000_000, small.taken().text().length() - Bodies.chat("acme/small", "").length());
    }
  }

  @Test
  void connectionsAreReused() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, REPLY));
        RunningServer server = RunningServer.over(small, small)) {
      for (int i = 0; i < 5; i++) {
        assertEquals(200, server.chat(Bodies.chat("auto", "hello")).statusCode());
      }
      assertEquals(1, small.connections());
    }
  }

  private static void assertHeader(String expected, HttpResponse<?> reply, String name) {
    assertEquals(expected, reply.headers().firstValue(name).orElse("(absent)"), name);
  }
}
