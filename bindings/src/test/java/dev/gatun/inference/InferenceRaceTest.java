package dev.gatun.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
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
    CyclicBarrier start = new CyclicBarrier(CALLERS + CLOSERS);
    List<FutureTask<Integer>> threads = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      int id = i;
      threads.add(new FutureTask<>(() -> callUntilClosed(model, id, start)));
    }
    for (int i = 0; i < CLOSERS; i++) {
      threads.add(
          new FutureTask<>(() -> {
            start.await();
            // Some work is due before the end, or there is no race.
            model.info();
            close.run();
            return 0;
          }));
    }
    threads.forEach(task -> Thread.ofVirtual().name("racer").start(task));
    for (FutureTask<Integer> thread : threads) {
      assertTrue(thread.get() >= 0);
    }
  }

  private static int callUntilClosed(EncoderModel model, int id, CyclicBarrier start)
      throws Exception {
    start.await();
    List<CompletableFuture<Encoded>> futures = new ArrayList<>();
    try {
      while (futures.size() < 200) {
        CompletableFuture<Encoded> future = model.encode(TokenBatch.of(id, 1), LOGITS);
        futures.add(future);
        if (futures.size() % 7 == id) {
          future.cancel(true);
        }
      }
    } catch (InferenceException.Closed e) {
      assertTrue(e.getMessage().contains("closed"));
    }
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
