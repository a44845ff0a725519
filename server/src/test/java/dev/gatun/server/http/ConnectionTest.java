package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Where one request ends and the next begins, whatever a client writes. */
class ConnectionTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CHAT = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n";
  private static final String NEXT = "GET /ready HTTP/1.1\r\nhost: x\r\n\r\n";

  private static FakeBackend backend;
  private static RunningServer server;

  @BeforeAll
  static void start() {
    backend = FakeBackend.start(call -> call.json(200, call.text()));
    server = RunningServer.over(backend, backend);
  }

  @AfterAll
  static void stop() {
    server.close();
    backend.close();
  }

  @Test
  void whatIsLeftOfARefusedBodyIsNeverARequest() throws Exception {
    for (String head : List.of(CHAT, "POST /nowhere HTTP/1.1\r\nhost: x\r\n")) {
      try (RawClient client = server.raw()) {
        String length = head.equals(CHAT) ? "99999999" : "9999";
        client.send(head + "content-length: " + length + "\r\n\r\n" + NEXT.repeat(10));
        client.socket().shutdownOutput();
        RawClient.Head reply = client.head();
        assertEquals(head.equals(CHAT) ? 413 : 404, reply.status());
        assertEquals("close", reply.headers().get("connection"));
        client.body(reply);
        assertEquals("", client.rest());
      }
    }
  }

  @Test
  void aRefusalIsReadableAlthoughTheClientGoesOnSending() throws Exception {
    try (RawClient client = server.raw()) {
      client.send(CHAT + "content-length: 99999999\r\n\r\n" + "x".repeat(4 << 20));
      RawClient.Head reply = client.head();
      assertEquals(413, reply.status());
      client.send("x".repeat(1 << 20));
      assertTrue(client.body(reply).contains("body_too_large"));
    }
  }

  @Test
  void aClientThatAsksForTheEndGetsIt() throws Exception {
    try (RawClient client = server.raw()) {
      client.send("GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n" + NEXT);
      RawClient.Head reply = client.head();
      assertEquals("close", reply.headers().get("connection"));
      client.body(reply);
      assertEquals("", client.rest());
    }
  }

  @Test
  void aStreamIsWholeAlthoughItsConnectionEnds() throws Exception {
    for (String events : List.of("data: 1\n\ndata: [DONE]\n\n", "data: [DONE]\n\n")) {
      try (FakeBackend small =
              FakeBackend.start(call -> {
                call.eventsHead();
                call.chunk(events);
                call.end();
              });
          RunningServer own = RunningServer.over(small, small);
          RawClient client = own.raw()) {
        String body = Bodies.stream("auto", "hi");
        client.post("/v1/chat/completions", body, "connection: close");
        RawClient.Head reply = client.head();
        assertEquals("close", reply.headers().get("connection"));
        assertEquals(events, client.chunks());
        assertEquals("", client.rest());
      }
    }
  }

  @Test
  void aBodyThatWasReadKeepsTheConnection() throws Exception {
    try (RawClient client = server.raw()) {
      client.post("/v1/chat/completions", "{bad");
      RawClient.Head bad = client.head();
      assertEquals(400, bad.status());
      client.body(bad);
      client.send(NEXT);
      assertEquals(200, client.head().status());
    }
  }

  @Test
  void aHeadRequestHasNoBody() throws Exception {
    try (RawClient client = server.raw()) {
      client.send("HEAD /health HTTP/1.1\r\nhost: x\r\n\r\n" + NEXT);
      RawClient.Head head = client.head();
      assertEquals(200, head.status());
      assertTrue(Integer.parseInt(head.headers().get("content-length")) > 0);
      assertEquals(200, client.head().status());
    }
    try (RawClient client = server.raw()) {
      client.send("HEAD /v1/chat/completions HTTP/1.1\r\nhost: x\r\n\r\n" + NEXT);
      assertEquals(405, client.head().status());
      assertEquals(200, client.head().status());
    }
  }

  @Test
  void chunksOfEverySizeAreOneBody() throws Exception {
    String body = Bodies.chat("small", "é".repeat(20_000));
    for (int size : new int[] {1, 3, 8191, 100_000}) {
      StringBuilder chunks = new StringBuilder(CHAT + "transfer-encoding: chunked\r\n\r\n");
      for (int i = 0; i < body.length(); i += size) {
        String part = body.substring(i, Math.min(body.length(), i + size));
        int bytes = part.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        chunks.append(Integer.toHexString(bytes)).append("\r\n").append(part).append("\r\n");
      }
      try (RawClient client = server.raw()) {
        client.send(chunks + "0\r\n\r\n" + NEXT);
        RawClient.Head reply = client.head();
        assertEquals(200, reply.status());
        String expected = body.replaceFirst("small", "acme/small");
        boolean held = reply.headers().containsKey("content-length");
        assertEquals(expected, held ? client.body(reply) : client.chunks());
        assertEquals(200, client.head().status());
      }
    }
  }

  @TestFactory
  List<DynamicTest> brokenChunksAre400() {
    return List.of("zz\r\nabc\r\n", "-5\r\nabc", "5;a=b\r\nabcde\r\n", "0\r\nx: y\r\n\r\n").stream()
        .map(chunk ->
            DynamicTest.dynamicTest(
                chunk.strip(),
                () -> {
                  String head = CHAT + "transfer-encoding: chunked\r\n\r\n";
                  assertRefused(400, "invalid_request", head + chunk + NEXT);
                }))
        .toList();
  }

  @Test
  void aChunkLargerThanAnyBodyIsRefusedAtOnce() throws Exception {
    String head = CHAT + "transfer-encoding: chunked\r\n\r\n";
    assertRefused(413, "body_too_large", head + "7fffffff\r\nabc");
  }

  @TestFactory
  List<DynamicTest> everyRefusalSaysWhy() {
    record Case(int status, String code, String request) {}
    String get = "GET /health HTTP/1.1\r\nhost: x\r\n";
    return List.of(
            new Case(431, "headers_too_large", get + "a: " + "b".repeat(80_000) + "\r\n\r\n"),
            new Case(431, "headers_too_large", get + "a: b\r\n".repeat(20_000) + "\r\n"),
            new Case(414, "uri_too_long", "GET /" + "a".repeat(9_000) + " HTTP/1.1\r\n\r\n"),
            new Case(400, "invalid_request", "GET /health HTTP/1.1\r\n\r\n"),
            new Case(400, "invalid_request", get + "a: b\0c\r\n\r\n"),
            new Case(400, "invalid_request", "\0\1\2\r\n\r\n"),
            new Case(400, "invalid_request", CHAT + "content-length: -5\r\n\r\n"),
            new Case(
                400,
                "invalid_request",
                CHAT + "content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
            new Case(
                415,
                "unsupported_encoding",
                CHAT + "content-encoding: gzip\r\ncontent-length: 1\r\n\r\nx"),
            new Case(501, "not_implemented", CHAT + "transfer-encoding: gzip, chunked\r\n\r\n"),
            new Case(505, "http_version_not_supported", "GET /health HTTP/1.0\r\n\r\n"))
        .stream()
        .map(c ->
            DynamicTest.dynamicTest(
                c.status + " " + c.code, () -> assertRefused(c.status, c.code, c.request)))
        .toList();
  }

  @Test
  void continueIsSentOnlyWhenTheBodyIsWanted() throws Exception {
    String body = Bodies.chat("small", "hi");
    String expect = "expect: 100-continue\r\ncontent-length: " + body.length() + "\r\n\r\n";
    try (RawClient client = server.raw()) {
      client.send(CHAT + expect);
      assertEquals(100, client.head().status());
      client.send(body);
      assertEquals(200, client.head().status());
    }
    try (RawClient client = server.raw()) {
      client.send("POST /nowhere HTTP/1.1\r\nhost: x\r\n" + expect);
      RawClient.Head head = client.head();
      assertEquals(404, head.status());
      assertEquals("close", head.headers().get("connection"));
    }
  }

  @Test
  void headersThatCannotBePassedOnAreLeftOut() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer own = RunningServer.over(small, small);
        RawClient client = own.raw()) {
      client.post("/v1/chat/completions", Bodies.chat("auto", "hi"), "x-title: café", "x-a: b");
      assertEquals(200, client.head().status());
      FakeBackend.Call seen = small.taken();
      assertEquals("b", seen.header("x-a"));
      assertFalse(seen.headers().containsKey("x-title"));
    }
  }

  private static void assertRefused(int status, String code, String request) throws Exception {
    try (RawClient client = server.raw()) {
      client.send(request);
      client.socket().shutdownOutput();
      RawClient.Head head = client.head();
      JsonNode error = JSON.readTree(client.body(head)).path("error");
      assertEquals(status, head.status(), error.toString());
      assertEquals(code, error.path("code").asText());
      assertTrue(error.path("message").asText("").length() > 5, error.toString());
      assertEquals("close", head.headers().get("connection"));
      assertTrue(head.headers().containsKey("x-request-id"));
      assertEquals("", client.rest());
    }
  }
}
