package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.Embeddings;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Examples whose encoder fails, is slow, or comes back. */
class ExemplarsTest {
  private static final List<String> TEXTS = List.of("a", "b", "a");
  private static final Embeddings WAITING = texts -> Answer.failed("not asked in these tests");

  /** Waits for a lock, or for the test. */
  private static final Set<Thread.State> SETTLED =
      EnumSet.of(Thread.State.WAITING, Thread.State.BLOCKED);

  private final AtomicInteger asked = new AtomicInteger();
  private volatile boolean isThere;

  /** What the encoder does before it answers. */
  private volatile Runnable hold = () -> {};

  private Answer<List<Embedding>> embed(List<String> texts) {
    asked.incrementAndGet();
    hold.run();
    return isThere
        ? Answer.of(texts.stream().map(_ -> Embedding.of(new float[] {1}, Coverage.NONE)).toList())
        : Answer.failed("away");
  }

  @Test
  void whatFailedIsTriedAgainUntilItIsMade() {
    Exemplars<Integer> exemplars = new Exemplars<>(this::embed, TEXTS, vectors -> vectors.size());
    assertEquals(1, asked.get(), "when planned");
    assertEquals(Answer.failed("away"), exemplars.answer(WAITING));
    isThere = true;
    assertEquals(Answer.of(2), exemplars.answer(WAITING));
    assertEquals(Answer.of(2), exemplars.answer(WAITING));
    assertEquals(3, asked.get(), "once made they stay");
  }

  @Test
  void whoWaitedForAnAttemptTakesItsFailure() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Embeddings slow =
        texts -> {
          if (asked.get() > 0) {
            begun.countDown();
            awaited(end);
          }
          return embed(texts);
        };
    Exemplars<Integer> exemplars = new Exemplars<>(slow, TEXTS, vectors -> vectors.size());
    List<FutureTask<Answer<Integer>>> tasks = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FutureTask<Answer<Integer>> task = new FutureTask<>(() -> exemplars.answer(WAITING));
      tasks.add(task);
      threads.add(Thread.ofPlatform().daemon().start(task));
    }
    assertTrue(begun.await(10, TimeUnit.SECONDS));
    while (threads.stream().anyMatch(thread -> !SETTLED.contains(thread.getState()))) {
      Thread.onSpinWait();
    }
    end.countDown();
    for (FutureTask<Answer<Integer>> task : tasks) {
      assertEquals(Answer.failed("away"), task.get(10, TimeUnit.SECONDS));
    }
    assertEquals(2, asked.get(), "once when planned, and once for all");
  }

  @Test
  void aFailureBecauseNobodyWaitsIsNobodyElses() throws Exception {
    Exemplars<Integer> exemplars = new Exemplars<>(this::embed, TEXTS, vectors -> vectors.size());
    AtomicBoolean isWithdrawn = new AtomicBoolean(true);
    Embeddings withdrawn =
        new Embeddings() {
          @Override
          public Answer<List<Embedding>> embed(List<String> texts) {
            return Answer.failed("not asked in these tests");
          }

          @Override
          public boolean isWithdrawn() {
            return isWithdrawn.get();
          }
        };
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    hold =
        () -> {
          begun.countDown();
          awaited(end);
        };
    FutureTask<Answer<Integer>> first = new FutureTask<>(() -> exemplars.answer(withdrawn));
    Thread.ofPlatform().daemon().start(first);
    assertTrue(begun.await(10, TimeUnit.SECONDS));
    FutureTask<Answer<Integer>> second = new FutureTask<>(() -> exemplars.answer(WAITING));
    Thread waiting = Thread.ofPlatform().daemon().start(second);
    while (!SETTLED.contains(waiting.getState())) {
      Thread.onSpinWait();
    }
    hold = () -> isThere = true;
    end.countDown();
    assertEquals(Answer.failed("away"), first.get(10, TimeUnit.SECONDS));
    assertEquals(Answer.of(2), second.get(10, TimeUnit.SECONDS), "it tries for itself");
  }

  private static void awaited(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
