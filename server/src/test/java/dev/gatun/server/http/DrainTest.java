package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** How a server stops while clients are at work. */
class DrainTest {
  private static final String PATH = "/v1/chat/completions";

  @Test
  void aReplyDuringADrainEndsItsConnection() throws Exception {
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.await();
              call.json(200, "{}");
            });
        RunningServer server = RunningServer.over(small, small);
        RawClient client = server.raw();
        RawClient idle = server.raw()) {
      idle.send("GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
      idle.body(idle.head());
      client.post(PATH, Bodies.chat("auto", "hi"));
      FakeBackend.Call held = small.taken();
      Thread stop = Thread.ofVirtual().start(() -> server.server().close());
      assertEquals("", idle.rest());
      held.proceed().countDown();
      RawClient.Head reply = client.head();
      assertEquals(200, reply.status());
      assertEquals("close", reply.headers().get("connection"));
      assertEquals("{}", client.body(reply));
      assertEquals("", client.rest());
      stop.join();
    }
  }

  @Test
  void aStreamThatBeginsDuringADrainIsWhole() throws Exception {
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.await();
              call.eventsHead();
              call.chunk("data: [DONE]\n\n");
              call.end();
            });
        RunningServer server = RunningServer.over(small, small);
        RawClient client = server.raw();
        RawClient idle = server.raw()) {
      idle.send("GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
      idle.body(idle.head());
      client.post(PATH, Bodies.stream("auto", "hi"));
      FakeBackend.Call held = small.taken();
      Thread stop = Thread.ofVirtual().start(() -> server.server().close());
      assertEquals("", idle.rest());
      held.proceed().countDown();
      assertEquals("close", client.head().headers().get("connection"));
      assertEquals("data: [DONE]\n\n", client.chunks());
      assertEquals("", client.rest());
      stop.join();
    }
  }

  @Test
  void aStreamThatDoesNotEndIsCutWhenItsTimeIsOver() throws Exception {
    try (FakeBackend small =
        FakeBackend.start(call -> {
          call.eventsHead();
          call.chunk("data: 1\n\n");
          call.closedByPeer();
        })) {
      String yaml = RunningServer.standard(small, small);
      try (RunningServer server = RunningServer.start(yaml, Duration.ofMillis(300));
          RawClient client = server.raw()) {
        client.post(PATH, Bodies.stream("auto", "hi"));
        client.head();
        client.chunk();
        server.server().close();
        assertTrue(small.taken().closedByPeer());
        assertThrows(IOException.class, client::chunks);
      }
    }
  }

  @Test
  void aClientThatConnectsWhileTheServerStopsLeavesNoTraceInTheLog() throws Exception {
    List<LogRecord> loud = new CopyOnWriteArrayList<>();
    Handler listener = new Collecting(loud);
    Logger.getLogger("").addHandler(listener);
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"))) {
      for (int round = 0; round < 10; round++) {
        RunningServer server = RunningServer.over(small, small);
        Thread clients = Thread.ofVirtual().start(() -> connectUntilRefused(server));
        server.close();
        clients.join();
      }
    } finally {
      Logger.getLogger("").removeHandler(listener);
    }
    assertTrue(loud.isEmpty(), () -> loud.getFirst().getMessage());
  }

  private static void connectUntilRefused(RunningServer server) {
    while (true) {
      try {
        server.raw().close();
      } catch (UncheckedIOException refused) {
        return;
      }
    }
  }

  private static final class Collecting extends Handler {
    private final List<LogRecord> records;

    Collecting(List<LogRecord> records) {
      this.records = records;
    }

    @Override
    public void publish(LogRecord event) {
      if (event.getLevel().intValue() >= Level.WARNING.intValue()) {
        records.add(event);
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
