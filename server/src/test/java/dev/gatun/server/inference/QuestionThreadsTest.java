package dev.gatun.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Tasks.Pending;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QuestionThreadsTest {
  private static final long SOON = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LONG = TimeUnit.SECONDS.toNanos(50);

  private final CountDownLatch open = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);

  /** Waits like an encoder that is stuck. */
  private Answer<String> blocked() {
    try {
      open.await();
      return Answer.of("late");
    } catch (InterruptedException e) {
      interrupted.countDown();
      return Answer.failed("withdrawn");
    }
  }

  @Test
  void questionsOverlap() {
    QuestionThreads threads = new QuestionThreads(8);
    CountDownLatch all = new CountDownLatch(3);
    List<Pending<String>> asked = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      asked.add(
          threads.begin(() -> {
            all.countDown();
            try {
              // None of them ends unless all have begun.
              return all.await(50, TimeUnit.SECONDS) ? Answer.of("met") : Answer.failed("alone");
            } catch (InterruptedException e) {
              return Answer.failed("withdrawn");
            }
          }));
    }
    asked.forEach(one -> assertEquals(Optional.of(Answer.of("met")), one.await(LONG)));
  }

  @Test
  void aWaitEndsWithoutAnAnswerAndTheAnswerCanStillCome() {
    Pending<String> stuck = new QuestionThreads(8).begin(this::blocked);
    assertEquals(Optional.empty(), stuck.await(SOON));
    assertEquals(Optional.empty(), stuck.await(0));
    open.countDown();
    assertEquals(Optional.of(Answer.of("late")), stuck.await(LONG));
  }

  @Test
  void whatNobodyWaitsForIsInterrupted() throws InterruptedException {
    Pending<String> stuck = new QuestionThreads(8).begin(this::blocked);
    assertEquals(Optional.empty(), stuck.await(SOON));
    stuck.drop();
    assertTrue(interrupted.await(50, TimeUnit.SECONDS));
  }

  @Test
  void moreQuestionsThanAllowedFailAtOnceAndPlacesBecomeFree() {
    QuestionThreads threads = new QuestionThreads(1);
    Pending<String> stuck = threads.begin(this::blocked);
    Answer<String> refused = threads.<String>begin(() -> Answer.of("never")).await(0).orElseThrow();
    assertEquals(
        "more than 1 questions to models are under way",
        assertInstanceOf(Answer.Failed.class, refused).reason());
    open.countDown();
    assertTrue(stuck.await(LONG).isPresent());
    Optional<Answer<String>> next = Optional.empty();
    while (!next.equals(Optional.of(Answer.of("next")))) {
      next = threads.<String>begin(() -> Answer.of("next")).await(LONG);
    }
  }

  @Test
  void anInterruptedRequestIsWithdrawn() {
    Pending<String> stuck = new QuestionThreads(8).begin(this::blocked);
    Thread.currentThread().interrupt();
    Answer<String> answer = stuck.await(LONG).orElseThrow();
    assertTrue(Thread.interrupted());
    assertEquals(
        "the request was withdrawn", assertInstanceOf(Answer.Failed.class, answer).reason());
    stuck.drop();
  }
}
