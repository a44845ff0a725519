package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** All bodies of all requests together stay within one budget. */
class MemoryTest {
  private static final String CHAT = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n";

  @Test
  void aLeaseGivesBackWhatItTook() {
    MemoryBudget budget = new MemoryBudget(100);
    try (MemoryBudget.Lease one = budget.lease();
        MemoryBudget.Lease two = budget.lease()) {
      assertTrue(one.resize(60));
      assertFalse(two.resize(41));
      assertEquals(60, budget.held());
      assertTrue(two.resize(40));
      assertTrue(one.resize(10));
      assertEquals(50, budget.held());
    }
    assertEquals(0, budget.held());
  }

  @Test
  void aRequestThatDoesNotFitIsAskedToComeAgain() throws Exception {
    try (FakeBackend small =
            FakeBackend.start(call -> {
              call.await();
              call.json(200, "{}");
            });
        RunningServer server = server(small, 200_000);
        RawClient first = server.raw()) {
      String large = Bodies.chat("auto", "x".repeat(150_000));
      first.post("/v1/chat/completions", large);
      FakeBackend.Call held = small.taken();
      for (boolean chunked : new boolean[] {false, true}) {
        try (RawClient second = server.raw()) {
          if (chunked) {
            String size = Integer.toHexString(large.length());
            second.send(CHAT + "transfer-encoding: chunked\r\n\r\n" + size + "\r\n" + large);
          } else {
            second.post("/v1/chat/completions", large);
          }
          RawClient.Head head = second.head();
          assertEquals(503, head.status());
          assertEquals("1", head.headers().get("retry-after"));
          assertEquals("close", head.headers().get("connection"));
          assertTrue(second.body(head).contains("\"code\":\"overloaded\""));
        }
      }
      assertEquals(503, server.manage("/api/v1/eval", large).statusCode());
      held.proceed().countDown();
      assertEquals(200, first.head().status());
    }
  }

  @Test
  void anAnnouncedBodyTakesNothingUntilItArrives() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = server(small, 200_000);
        RawClient promising = server.raw()) {
      promising.send(CHAT + "content-length: 190000\r\n\r\n{");
      for (int i = 0; i < 3; i++) {
        String large = Bodies.chat("auto", "x".repeat(150_000));
        assertEquals(200, server.chat(large).statusCode());
      }
    }
  }

  @Test
  void aBodyLargerThanTheWholeBudgetIs413() throws Exception {
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, "{}"));
        RunningServer server = server(small, 50_000)) {
      HttpResponse<String> reply = server.chat(Bodies.chat("auto", "x".repeat(60_000)));
      assertEquals(413, reply.statusCode(), reply.body());
    }
  }

  @Test
  void aReplyIsRelayedAtOnceWhenItMayNotBeHeld() throws Exception {
    String big = "{\"a\":\"" + "x".repeat(120_000) + "\"}";
    try (FakeBackend small = FakeBackend.start(call -> call.json(200, big));
        RunningServer server = server(small, 100_000)) {
      HttpResponse<String> reply = server.chat(Bodies.chat("auto", "hi"));
      assertEquals(200, reply.statusCode());
      assertEquals(big, reply.body());
    }
  }

  private static RunningServer server(FakeBackend backend, long memoryBytesMax) {
    return RunningServer.withMemory(RunningServer.standard(backend, backend), memoryBytesMax);
  }
}
