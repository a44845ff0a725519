package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GatewaysTest {
  @Test
  void theLastUserEndsIt() {
    AtomicInteger ended = new AtomicInteger();
    Shared shared = new Shared(ended::incrementAndGet);
    assertTrue(shared.hold());
    shared.release();
    assertEquals(0, ended.get());
    shared.release();
    assertEquals(1, ended.get());
    assertFalse(shared.hold());
    assertThrows(IllegalStateException.class, shared::release);
    assertEquals(1, ended.get());
  }

  /** Users come and go on many threads; it ends once, and nobody holds it afterwards. */
  @Test
  void usersOnManyThreadsNeverHoldWhatHasEnded() throws InterruptedException {
    AtomicInteger ended = new AtomicInteger();
    AtomicInteger late = new AtomicInteger();
    Shared shared = new Shared(ended::incrementAndGet);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int n = 0; n < 10_000 && shared.hold(); n++) {
                  late.addAndGet(ended.get());
                  shared.release();
                }
              }));
    }
    shared.release();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(1, ended.get());
    assertEquals(0, late.get());
  }
}
