package dev.gatun.server.external;

import dev.gatun.router.port.Answer;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Questions to one other process: no more at once than it answers with profit, each within the time
 * that the configuration gives it, and none for a while when it fails again and again. Neither what
 * is asked nor what comes back is ever part of a message. Safe for use by many threads.
 */
final class CarefulCalls {
  /** What a server of one model answers at once with profit; more questions wait their turn. */
  static final int AT_ONCE = 64;

  /** A verdict takes some kilobytes; this leaves room for thoughts of many thousand words. */
  static final int REPLY_BYTES_MAX = 256 << 10;

  /** How long a process that fails is left alone. */
  static final Duration LEFT_ALONE = Duration.ofSeconds(10);

  /** With fewer questions nothing is concluded. */
  static final int WATCHED_MIN = 10;

  /** Of so many questions the failed ones are counted. */
  private static final int WATCHED = 20;

  /** Per cent of failed questions from which a process is left alone. */
  private static final float FAILED_SHARE = 50;

  /** Questions that try whether it is back. */
  private static final int TRIALS = 3;

  private final String who;
  private final Duration timeout;
  private final Duration leftAlone;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final CircuitBreaker breaker;
  private volatile long tryAgainNanos = System.nanoTime();
  private volatile Health health = Health.NOT_ASKED;
  private volatile Optional<String> failure = Optional.empty();

  /** How it did when it was asked last. */
  enum Health {
    NOT_ASKED("not_asked"),
    READY("ready"),
    FAILING("failing");

    private final String word;

    Health(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /** The process did not do what it should. */
  static final class Fault extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean counts;

    /**
     * A fault.
     *
     * @param counts whether it says something about how the process answers
     */
    Fault(String message, boolean counts) {
      super(message, null, false, false);
      this.counts = counts;
    }
  }

  /** A question. */
  interface Call<T> {
    /** Asks it, once; what is wrong with an answer that came in order is a failed answer. */
    Answer<T> make(Until until) throws Fault, InterruptedException;
  }

  /** The end of the time for one question. */
  final class Until {
    private final long start = System.nanoTime();

    private Until() {}

    Duration left() throws Fault {
      Duration left = timeout.minusNanos(System.nanoTime() - start);
      if (left.isNegative() || left.isZero()) {
        throw late();
      }
      return left;
    }
  }

  /**
   * Begins without having asked.
   *
   * @param who begins every message
   * @param timeout of an answer, waiting for a free place included
   */
  CarefulCalls(String who, Duration timeout, Duration leftAlone) {
    this.who = who;
    this.timeout = timeout;
    this.leftAlone = leftAlone;
    this.breaker =
        CircuitBreaker.of(
            who,
            CircuitBreakerConfig.custom()
                .slidingWindowSize(WATCHED)
                .minimumNumberOfCalls(WATCHED_MIN)
                .failureRateThreshold(FAILED_SHARE)
                .waitDurationInOpenState(leftAlone)
                .permittedNumberOfCallsInHalfOpenState(TRIALS)
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(event -> {
          if (event.getStateTransition().getToState() == State.OPEN) {
            tryAgainNanos = System.nanoTime() + leftAlone.toNanos();
          }
        });
  }

  /** What the process says, or why there is nothing. */
  <T> Answer<T> make(Call<T> call) {
    Until until = new Until();
    try {
      if (!places.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        return failed("answers " + AT_ONCE + " questions already and got to no other in time");
      }
      try {
        Answer<T> answer = watched(call, until);
        failure = answer.fold(_ -> Optional.empty(), Optional::of);
        health = failure.isEmpty() ? Health.READY : Health.FAILING;
        return answer;
      } finally {
        places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("was not waited for");
    }
  }

  /** Asks, and remembers how that went. */
  private <T> Answer<T> watched(Call<T> call, Until until) throws InterruptedException {
    if (!breaker.tryAcquirePermission()) {
      return failed("failed too often and is left alone for " + leftAlone.toSeconds() + " s");
    }
    long begin = System.nanoTime();
    try {
      Answer<T> answer = call.make(until);
      breaker.onSuccess(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
      return answer;
    } catch (Fault e) {
      if (e.counts) {
        fault(begin, e);
      } else {
        breaker.releasePermission();
      }
      return Answer.failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      // Whoever asked has a shorter deadline, and the process has missed it.
      fault(begin, e);
      throw e;
    } catch (RuntimeException | Error e) {
      breaker.releasePermission();
      throw e;
    }
  }

  private void fault(long begin, Exception cause) {
    breaker.onError(System.nanoTime() - begin, TimeUnit.NANOSECONDS, cause);
  }

  /** An answer that came in order but says nothing. */
  <T> Answer<T> failed(String what) {
    return Answer.failed(who + " " + what);
  }

  /** A fault of the process. */
  Fault fault(String what) {
    return new Fault(who + " " + what, true);
  }

  /** The process could not be asked, for reasons that are dealt with elsewhere. */
  Fault away(String what) {
    return new Fault(who + " " + what, false);
  }

  /** The process took longer than it has. */
  Fault late() {
    return fault("did not answer within " + timeout.toMillis() + " ms");
  }

  Health health() {
    return health;
  }

  /** Why the last question was not answered, if it was not. */
  Optional<String> failure() {
    return failure;
  }

  /** The state of the breaker: {@code closed}, {@code open} or {@code half_open}. */
  String breaker() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> isLeftAlone() ? "open" : "half_open";
      case HALF_OPEN -> "half_open";
      case CLOSED, DISABLED, METRICS_ONLY -> "closed";
    };
  }

  /** Whether a question would be refused now without being asked. */
  boolean isLeftAlone() {
    return breaker.getState() == State.OPEN && System.nanoTime() - tryAgainNanos < 0;
  }
}
