package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Backends that misbehave, or behave in ways seldom seen. */
class BackendTest {
  private static final String PATH = "/v1/chat/completions";

  @Test
  void aRequestThatMayHaveArrivedIsNotSentAgain() throws Exception {
    try (FakeBackend silent = FakeBackend.start(FakeBackend.Call::closedByPeer);
        FakeBackend closing = FakeBackend.start(call -> call.socket().close());
        FakeBackend other = FakeBackend.start(call -> call.json(200, "{}"))) {
      for (FakeBackend first : List.of(silent, closing)) {
        String yaml = withSecond(first, other).replace("first_byte: 60s", "first_byte: 300ms");
        try (RunningServer server = RunningServer.of(yaml)) {
          HttpResponse<String> reply = server.chat(Bodies.chat("auto", "hi"));
          assertTrue(reply.statusCode() >= 502, reply.body());
          assertEquals(1, first.waiting());
          assertEquals(0, other.waiting());
        }
      }
    }
  }

  @Test
  void aBackendThatAcceptsNoConnectionIsPassedOver() throws Exception {
    // One connection fills the queue of a socket that never accepts; the next is never answered.
    InetAddress here = InetAddress.getLoopbackAddress();
    List<Socket> queue = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, here);
        FakeBackend other = FakeBackend.start(call -> call.json(200, "{}"))) {
      while (fills(full, queue)) {}
      String yaml =
          RunningServer.standard(other, other)
              .replace("connect: 20s", "connect: 500ms")
              .replaceFirst(
                  "- endpoint: 127.0.0.1:" + other.port(),
                  "- endpoint: 127.0.0.1:"
                      + full.getLocalPort()
                      + "\n        - endpoint: 127.0.0.1:"
                      + other.port());
      try (RunningServer server = RunningServer.of(yaml)) {
        assertEquals(200, server.chat(Bodies.chat("auto", "hi")).statusCode());
        assertEquals(1, other.waiting());
      }
    } finally {
      for (Socket socket : queue) {
        socket.close();
      }
    }
  }

  @Test
  void whatIsNotHttpIsAProtocolError() throws Exception {
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.send("SSH-2.0-hello\r\n\r\n");
              call.socket().close();
            });
        RunningServer server = RunningServer.over(small, small)) {
      HttpResponse<String> reply = server.chat(Bodies.chat("auto", "hi"));
      assertEquals(502, reply.statusCode());
      assertTrue(reply.body().contains("\"code\":\"upstream_protocol_error\""), reply.body());
    }
  }

  @Test
  void compressedEventsDoNotWaitForOneAnother() throws Exception {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    GZIPOutputStream zip = new GZIPOutputStream(zipped, true);
    zip.write("data: 1\n\n".getBytes(StandardCharsets.US_ASCII));
    zip.flush();
    byte[] first = zipped.toByteArray();
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n");
              call.send("content-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n");
              call.send(Integer.toHexString(first.length) + "\r\n");
              call.socket().getOutputStream().write(first);
              call.send("\r\n");
              call.await();
              call.end();
            });
        RunningServer server = RunningServer.over(small, small);
        RawClient client = server.raw()) {
      client.post(PATH, Bodies.stream("auto", "hi"), "accept-encoding: gzip");
      assertEquals("gzip", client.head().headers().get("content-encoding"));
      assertFalse(client.chunk().isEmpty());
      FakeBackend.Call call = small.taken();
      assertEquals("identity", call.header("accept-encoding"));
      call.proceed().countDown();
      assertEquals("", client.chunks());
    }
  }

  @Test
  void anErrorAfterTheBeginningOfALongEventStandsAlone() throws Exception {
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.eventsHead();
              call.chunk("data: {\"b64\":\"" + "x".repeat(600_000));
              call.socket().close();
            });
        RunningServer server = RunningServer.over(small, small)) {
      String body = server.chat(Bodies.stream("auto", "hi")).body();
      String[] events = body.split("\n\n", -1);
      assertEquals(3, events.length);
      assertTrue(events[1].startsWith("data: {\"error\":"), events[1]);
    }
  }

  @Test
  void aStreamIsWhatTheBackendSaysItIs() throws Exception {
    String events = "event: a\r\ndata:{\"é\":1}\r\n\r\n: ping\r\n\r\ndata: {\"error\":{}}\n\n";
    try (FakeBackend small =
            FakeBackend.start(call -> {
              if (call.text().contains("\"stream\"")) {
                call.json(200, "{\"whole\":true}");
              } else {
                call.eventsHead();
                for (byte b : events.getBytes(StandardCharsets.UTF_8)) {
                  call.send("1\r\n");
                  call.socket().getOutputStream().write(b);
                  call.send("\r\n");
                }
                call.end();
              }
            });
        RunningServer server = RunningServer.over(small, small)) {
      assertEquals("{\"whole\":true}", server.chat(Bodies.stream("auto", "hi")).body());
      HttpResponse<String> reply = server.chat(Bodies.chat("auto", "hi"));
      assertEquals(events, reply.body());
      assertEquals("text/event-stream", reply.headers().firstValue("content-type").orElseThrow());
    }
  }

  @Test
  void aUsageChunkIsHiddenWhereverItStands() throws Exception {
    String usage = "data:{\"choices\":[],\"usage\":{\"total_tokens\":3}}\r\n\r\n";
    String rest = "data: {\"choices\":[{\"delta\":{}}],\"usage\":{\"total_tokens\":3}}\n\n";
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.eventsHead();
              call.chunk(usage + rest + usage + rest);
              call.end();
            });
        RunningServer server = RunningServer.over(small, small)) {
      assertEquals(rest + rest, server.chat(Bodies.stream("auto", "hi")).body());
    }
  }

  private static String withSecond(FakeBackend first, FakeBackend second) {
    return RunningServer.standard(first, first)
        .replaceFirst(
            "(- endpoint: 127.0.0.1:" + first.port() + ")",
            "$1\n        - endpoint: 127.0.0.1:" + second.port());
  }

  private static boolean fills(ServerSocket full, List<Socket> queue) throws IOException {
    Socket socket = new Socket();
    queue.add(socket);
    try {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort()), 200);
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    }
  }
}
