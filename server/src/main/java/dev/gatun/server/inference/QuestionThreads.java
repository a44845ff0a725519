package dev.gatun.server.inference;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Tasks;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Virtual threads that wait for models while the thread of a request goes on. They compute little:
 * models run on the lanes, which are platform threads, and bound by tokens what waits for them;
 * this bounds how many wait. Safe for use by many threads.
 */
public final class QuestionThreads implements Tasks {
  /** Some hundred requests at once; each has a handful of questions. */
  public static final int AT_ONCE = 2_048;

  private final int atOnce;
  private final Semaphore free;
  private final ThreadFactory threads = Thread.ofVirtual().name("gatun-question-", 0).factory();

  /**
   * Threads.
   *
   * @param atOnce most questions under way, 1 or more; one more fails
   */
  public QuestionThreads(int atOnce) {
    this.atOnce = atOnce;
    this.free = new Semaphore(atOnce);
  }

  @Override
  public <T> Pending<T> begin(Supplier<Answer<T>> work) {
    if (!free.tryAcquire()) {
      return new Asked<>(
          done(Answer.overloaded("more than " + atOnce + " questions to models are under way")));
    }
    FutureTask<Answer<T>> task = new FutureTask<>(work::get);
    threads
        .newThread(() -> {
          try {
            task.run();
          } finally {
            free.release();
          }
        })
        .start();
    return new Asked<>(task);
  }

  /** Whoever withdraws a request interrupts its thread. */
  @Override
  public boolean isWithdrawn() {
    return Thread.currentThread().isInterrupted();
  }

  private static <T> FutureTask<Answer<T>> done(Answer<T> answer) {
    FutureTask<Answer<T>> task = new FutureTask<>(() -> answer);
    task.run();
    return task;
  }

  private record Asked<T>(FutureTask<Answer<T>> task) implements Pending<T> {
    @Override
    public Optional<Answer<T>> await(long nanos) {
      try {
        return Optional.of(task.get(nanos, TimeUnit.NANOSECONDS));
      } catch (TimeoutException e) {
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.of(Answer.failed("the request was withdrawn"));
      } catch (ExecutionException e) {
        throw new IllegalStateException("a question to a model failed", e.getCause());
      }
    }

    @Override
    public void drop() {
      task.cancel(true);
    }
  }
}
