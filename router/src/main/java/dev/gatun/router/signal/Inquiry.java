package dev.gatun.router.signal;

import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Answer.Room;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.Tasks.Pending;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A question to a model that is under way. Families wait one after the other, so an answer may long
 * be there when its family asks for it; whether it came in time is told by when it came, not by who
 * was waited for before. For use by one thread.
 */
final class Inquiry<T> {
  private final Pending<Reply<T>> pending;
  private final Ports ports;
  private final Consumer<Room> refused;

  /** Until when a family waits, by the ticker. */
  record Deadline(long atNanos, Duration limit) {}

  private record Reply<T>(Answer<T> answer, long atNanos) {
    boolean isInTime(Deadline deadline) {
      // A difference, because the ticker may begin anywhere and pass its greatest number.
      return atNanos - deadline.atNanos <= 0;
    }
  }

  private Inquiry(Pending<Reply<T>> pending, Ports ports, Consumer<Room> refused) {
    this.pending = pending;
    this.ports = ports;
    this.refused = refused;
  }

  /**
   * Asks.
   *
   * @param refused is told whenever somebody waits in vain because the model has no room
   */
  static <T> Inquiry<T> begin(Supplier<Answer<T>> work, Ports ports, Consumer<Room> refused) {
    Pending<Reply<T>> pending =
        ports
            .tasks()
            .begin(() -> {
              Answer<T> answer = work.get();
              return Answer.of(new Reply<>(answer, ports.ticker().nanos()));
            });
    return new Inquiry<>(pending, ports, refused);
  }

  /** The answer, or a failure when there was none at the deadline. */
  Answer<T> await(Deadline deadline) {
    return await(deadline, Optional::empty);
  }

  /**
   * The same, where somebody may stand in for an answer that is late.
   *
   * @param standIn answers at once
   */
  Answer<T> await(Deadline deadline, Supplier<Optional<T>> standIn) {
    Answer<T> answer =
        inTime(deadline)
            .or(() -> standIn.get().map(Answer::of))
            .orElseGet(() -> Answer.failed(FamilyRun.LATE + deadline.limit.toMillis() + " ms"));
    if (answer instanceof Answer.Failed<T>(_, Room room) && room != Room.ENOUGH) {
      refused.accept(room);
    }
    return answer;
  }

  /** Whether the model itself has failed before the deadline. */
  boolean isFailed(Deadline deadline) {
    return inTime(deadline).map(answer -> answer instanceof Answer.Failed).orElse(false);
  }

  private Optional<Answer<T>> inTime(Deadline deadline) {
    long left = Math.max(0, deadline.atNanos - ports.ticker().nanos());
    return pending
        .await(left)
        .flatMap(told ->
            switch (told) {
              case Answer.Known<Reply<T>>(Reply<T> reply) ->
                  reply.isInTime(deadline) ? Optional.of(reply.answer) : Optional.empty();
              case Answer.Failed<Reply<T>> failure -> Optional.of(failure.again());
            });
  }

  /** Withdraws it; its answer, if there will be one, goes nowhere. */
  void drop() {
    pending.drop();
  }
}
