package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Clients that begin a request and do not go on hold a connection for a bounded time only. */
class SlowClientTest {
  private static final Duration LIMIT = Duration.ofMillis(200);

  private static WebServer server;

  @BeforeAll
  static void start() throws Exception {
    server =
        Sockets.open(
            "127.0.0.1",
            0,
            Duration.ZERO,
            SlowClientTest::echo,
            new ClientConnection.Patience(LIMIT, LIMIT));
  }

  @AfterAll
  static void stop() {
    server.stop();
  }

  @TestFactory
  List<DynamicTest> aHeadThatDoesNotEndIsCut() {
    return List.of("G", "GET /x", "GET /x HTTP/1.1\r\n", "GET /x HTTP/1.1\r\nhost: x\r\na: b")
        .stream()
        .map(half ->
            DynamicTest.dynamicTest(
                half,
                () -> {
                  try (RawClient client = client()) {
                    client.send(half);
                    assertEquals("", client.rest());
                  }
                  try (RawClient client = client()) {
                    client.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n" + half);
                    assertEquals("", client.body(client.head()));
                    assertEquals("", client.rest());
                  }
                }))
        .toList();
  }

  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aHeadThatDripsIsCutToo() throws Exception {
    try (RawClient client = client()) {
      client.send("GET / HTTP/1.1\r\nhost: x\r\n");
      // Each wait for an answer that does not come is the pause between two drips.
      client.socket().setSoTimeout(5);
      boolean open = true;
      while (open) {
        open = stillOpen(client);
      }
    }
  }

  @Test
  void aBodyThatStopsIs408() throws Exception {
    String post = "POST / HTTP/1.1\r\nhost: x\r\n";
    for (String half :
        List.of("content-length: 9\r\n\r\nabc", "transfer-encoding: chunked\r\n\r\n5\r\nab")) {
      try (RawClient client = client()) {
        client.send(post + half);
        RawClient.Head head = client.head();
        assertEquals(408, head.status());
        assertEquals("close", head.headers().get("connection"));
      }
    }
  }

  private static void echo(ServerRequest request, ServerResponse response) {
    try (MemoryBudget.Lease lease = new MemoryBudget(1 << 20).lease()) {
      response.send(RequestBody.read(request, 1 << 20, lease));
    } catch (dev.gatun.server.wire.ApiException e) {
      response.status(e.error().code().status());
      response.send(e.error().message().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static boolean stillOpen(RawClient client) throws IOException {
    try {
      client.send("a: b\r\n");
      return client.socket().getInputStream().read() >= 0;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (SocketException reset) {
      return false;
    }
  }

  private static RawClient client() {
    return new RawClient(URI.create("http://127.0.0.1:" + server.port()));
  }
}
