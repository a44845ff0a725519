package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;

/** Callers, cancellers and closers at once: every request ends, nothing runs after its close. */
class InferenceRaceTest {

  private static final List<Output> LOGITS = List.of(Output.logits());
  private static final int CALLERS = 8;
  private static final int CLOSERS = 2;

  @AfterEach
  void nothingIsLeft() {
    LaneThreads.assertNone();
  }

  @RepeatedTest(25)
  void closingAModelUnderLoad() throws Exception {
    ScriptedEngine engine = ScriptedEngine.free();
    try (Inference inference = InferenceTest.open(engine, 3)) {
      EncoderModel model = inference.load(Path.of("a"));
      race(model, model::close);
      assertEquals(0, inference.waitingTokens());
    }
    closedOnceAndLast(engine);
  }

  @RepeatedTest(25)
  void closingInferenceUnderLoad() throws Exception {
    ScriptedEngine engine = ScriptedEngine.free();
    Inference inference = InferenceTest.open(engine, 3);
    EncoderModel model = inference.load(Path.of("a"));
    race(model, inference::close);
    inference.close();
    assertEquals(0, inference.waitingTokens());
    assertEquals(0, engine.lanesOpen.get());
    closedOnceAndLast(engine);
  }

  private static void race(EncoderModel model, Runnable close) throws Exception {
    CountDownLatch busy = new CountDownLatch(CALLERS);
    List<FutureTask<Integer>> threads = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      int id = i;
      threads.add(new FutureTask<>(() -> callUntilClosed(model, id, busy)));
    }
    for (int i = 0; i < CLOSERS; i++) {
      threads.add(
          new FutureTask<>(() -> {
            busy.await();
            close.run();
            return 0;
          }));
    }
    threads.forEach(task -> Thread.ofVirtual().name("racer").start(task));
    for (FutureTask<Integer> thread : threads) {
      assertTrue(thread.get() >= 0);
    }
  }

  /** Asks, cancels some, waits now and then so that the queue does not fill; ends by the close. */
  private static int callUntilClosed(EncoderModel model, int id, CountDownLatch busy) {
    int ended = 0;
    List<CompletableFuture<Encoded>> futures = new ArrayList<>();
    try {
      while (true) {
        CompletableFuture<Encoded> future = model.encode(TokenBatch.of(id, 1), LOGITS);
        futures.add(future);
        if (futures.size() % 7 == id) {
          future.cancel(true);
        }
        if (futures.size() == 100) {
          ended += ended(futures, id);
          futures.clear();
          busy.countDown();
        }
      }
    } catch (InferenceException.Closed e) {
      return ended + ended(futures, id);
    }
  }

  private static int ended(List<CompletableFuture<Encoded>> futures, int id) {
    for (CompletableFuture<Encoded> future : futures) {
      Throwable failure = future.handle((_, reason) -> reason).join();
      if (failure == null) {
        assertEquals(id, future.join().single().at(0, 0));
      } else if (!future.isCancelled()) {
        assertInstanceOf(InferenceException.Closed.class, failure);
      }
    }
    return futures.size();
  }

  private static void closedOnceAndLast(ScriptedEngine engine) {
    List<String> events = engine.events();
    assertEquals("close a", events.getLast());
    assertEquals(1, events.stream().filter("close a"::equals).count());
  }
}
