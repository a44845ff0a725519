package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Event streams over real sockets. */
class StreamTest {
  private static final String PATH = "/v1/chat/completions";
  private static final String FIRST =
      "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n";
  private static final String USAGE = "data: {\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\n";
  private static final String DONE = "data: [DONE]\n\n";

  @Test
  void theFirstEventArrivesBeforeTheLastIsProduced() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.eventsHead();
              call.chunk(FIRST);
              // The rest is produced only once the client has the first event.
              if (seen.await(20, TimeUnit.SECONDS)) {
                call.chunk(DONE);
                call.end();
              }
            });
        RunningServer server = RunningServer.over(small, small);
        RawClient client = server.raw()) {
      client.post(PATH, Bodies.stream("auto", "hi"));
      RawClient.Head head = client.head();
      assertEquals(200, head.status());
      assertEquals("text/event-stream", head.headers().get("content-type"));
      assertEquals("small", head.headers().get("x-vsr-selected-model"));
      assertEquals(FIRST, client.chunk());
      seen.countDown();
      assertEquals(DONE, client.chunks());
    }
  }

  @Test
  void everySplitOfTheBytesGivesTheSameStream() throws Exception {
    String events = ": ping\n\n" + FIRST.replace("\n", "\r\n") + FIRST + DONE;
    for (int size : new int[] {1, 2, 3, 7, 1000}) {
      try (FakeBackend small =
              FakeBackend.start(call -> {
                call.eventsHead();
                for (int i = 0; i < events.length(); i += size) {
                  call.chunk(events.substring(i, Math.min(events.length(), i + size)));
                }
                call.end();
              });
          RunningServer server = RunningServer.over(small, small)) {
        assertEquals(events, server.chat(Bodies.stream("auto", "hi")).body());
      }
    }
  }

  @Test
  void usageIsAskedForAndHiddenAgain() throws Exception {
    try (FakeBackend small = FakeBackend.start(StreamTest::withUsage);
        RunningServer server = RunningServer.over(small, small)) {
      String body = Bodies.stream("auto", "hi");
      assertEquals(FIRST + DONE, server.chat(body).body());
      String sent = small.taken().text();
      String expected =
          body.substring(0, body.length() - 1).replace("\"auto\"", "\"acme/small\"")
              + ",\"stream_options\":{\"include_usage\":true}}";
      assertEquals(expected, sent);
    }
  }

  @Test
  void usageThatTheClientWantsIsKept() throws Exception {
    try (FakeBackend small = FakeBackend.start(StreamTest::withUsage);
        RunningServer server = RunningServer.over(small, small)) {
      String plain = Bodies.stream("auto", "hi");
      String asking =
          plain.substring(0, plain.length() - 1) + ",\"stream_options\":{\"include_usage\": true}}";
      assertEquals(FIRST + USAGE + DONE, server.chat(asking).body());
      assertEquals(asking.replace("\"auto\"", "\"acme/small\""), small.taken().text());
    }
  }

  @Test
  void aBackendThatDiesInMidStreamBecomesAnErrorEvent() throws Exception {
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.eventsHead();
              call.chunk(FIRST + "data: {\"half");
              call.socket().close();
            });
        RunningServer server = RunningServer.over(small, small)) {
      String body = server.chat(Bodies.stream("auto", "hi")).body();
      assertTrue(body.startsWith(FIRST), body);
      assertFalse(body.contains("half"), body);
      assertTrue(body.contains("\"code\":\"upstream_closed\""), body);
      assertFalse(body.contains("[DONE]"), body);
    }
  }

  @Test
  void aSilentBackendBecomesAnErrorEvent() throws Exception {
    try (FakeBackend small =
        FakeBackend.start(call -> {
          call.eventsHead();
          call.chunk(FIRST);
          call.closedByPeer();
        })) {
      String yaml = RunningServer.standard(small, small).replace("idle: 60s", "idle: 200ms");
      try (RunningServer server = RunningServer.of(yaml)) {
        String body = server.chat(Bodies.stream("auto", "hi")).body();
        assertTrue(body.contains("\"code\":\"upstream_idle_timeout\""), body);
      }
    }
  }

  @Test
  void aClientThatLeavesAStreamCancelsTheBackend() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.eventsHead();
              call.chunk(FIRST);
              // No further event is sent: only watching the client can find out.
              if (call.closedByPeer()) {
                closed.countDown();
              }
            });
        RunningServer server = RunningServer.over(small, small)) {
      try (RawClient client = server.raw()) {
        client.post(PATH, Bodies.stream("auto", "hi"));
        assertEquals(200, client.head().status());
        assertEquals(FIRST, client.chunk());
      }
      assertTrue(closed.await(4, TimeUnit.SECONDS), "the backend was not told");
    }
  }

  @Test
  void aClientThatLeavesWhileTheBackendThinksCancelsIt() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (FakeBackend small =
            FakeBackend.start(call -> {
              if (call.closedByPeer()) {
                closed.countDown();
              }
            });
        RunningServer server = RunningServer.over(small, small)) {
      try (RawClient client = server.raw()) {
        client.post(PATH, Bodies.chat("auto", "hi"));
        small.taken();
      }
      assertTrue(closed.await(4, TimeUnit.SECONDS), "the backend was not told");
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    try (FakeBackend small =
            FakeBackend.start(call -> call.json(200, "{\"len\":" + call.text().length() + "}"));
        RunningServer server = RunningServer.over(small, small);
        RawClient client = server.raw()) {
      String one = Bodies.chat("auto", "1");
      String two = Bodies.chat("auto", "22");
      client.post(PATH, one);
      client.post(PATH, two);
      client.post(PATH, one);
      int shift = "acme/small".length() - "auto".length();
      for (String body : new String[] {one, two, one}) {
        RawClient.Head head = client.head();
        assertEquals("{\"len\":" + (body.length() + shift) + "}", client.body(head));
      }
    }
  }

  @Test
  void aSlowClientSlowsTheBackendDown() throws Exception {
    AtomicInteger written = new AtomicInteger();
    CountDownLatch stuck = new CountDownLatch(1);
    String event = "data: " + "x".repeat(64 << 10) + "\n\n";
    int events = 500; // 32 MB, more than the buffers of all sockets on the way
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.eventsHead();
              Thread writer = Thread.currentThread();
              Thread.ofVirtual()
                  .start(() -> {
                    int before = -1;
                    // Stuck once a whole second brings no further event.
                    while (before != written.get() && writer.isAlive()) {
                      before = written.get();
                      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000_000L);
                    }
                    stuck.countDown();
                  });
              for (int i = 0; i < events; i++) {
                call.chunk(event);
                written.incrementAndGet();
              }
              call.end();
            });
        RunningServer server = RunningServer.over(small, small);
        RawClient client = server.raw()) {
      client.post(PATH, Bodies.stream("auto", "hi"));
      assertEquals(200, client.head().status());
      assertTrue(stuck.await(20, TimeUnit.SECONDS));
      assertTrue(written.get() < events, "everything was read into memory");
      int received = client.chunks().length();
      assertEquals((long) event.length() * events, received);
    }
  }

  private static void withUsage(FakeBackend.Call call) throws Exception {
    call.eventsHead();
    call.chunk(FIRST);
    call.chunk(USAGE);
    call.chunk(DONE);
    call.end();
  }
}
