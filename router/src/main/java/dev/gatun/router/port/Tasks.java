package dev.gatun.router.port;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Work that goes on beside the thread that routes a request: questions to models. Implementations
 * are safe for use by many threads and bound how much goes on at once.
 */
public interface Tasks {
  /**
   * Begins work, or answers with a failure when too much is under way already.
   *
   * @param work may be interrupted when nobody waits for its answer any more
   */
  <T> Pending<T> begin(Supplier<Answer<T>> work);

  /** Whether nobody waits any more for the request that the calling thread evaluates. */
  default boolean isWithdrawn() {
    return false;
  }

  /** Work under way. For use by the thread that began it. */
  interface Pending<T> {
    /**
     * The answer, or a failure when the waiting thread is interrupted; empty when there is none
     * after so long.
     *
     * @param nanos 0 or more
     */
    Optional<Answer<T>> await(long nanos);

    /** Withdraws work that is not done; its answer, if there will be one, goes nowhere. */
    void drop();
  }

  /** Whoever waits does the work; nothing overlaps and no wait ends early. */
  static Tasks byWaiting() {
    return new Tasks() {
      @Override
      public <T> Pending<T> begin(Supplier<Answer<T>> work) {
        return new Pending<>() {
          private Optional<Answer<T>> done = Optional.empty();

          @Override
          public Optional<Answer<T>> await(long nanos) {
            if (done.isEmpty()) {
              done = Optional.of(work.get());
            }
            return done;
          }

          @Override
          public void drop() {}
        };
      }
    };
  }
}
