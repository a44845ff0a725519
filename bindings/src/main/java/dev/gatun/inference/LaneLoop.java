package dev.gatun.inference;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What one lane does, call after call. A long request is computed in slices: between two of them
 * the lane looks after requests that are short, and whether anybody still wants the long one.
 *
 * <p>Futures complete after their model counts as idle: what depends on them may close the model on
 * this very thread.
 */
final class LaneLoop {

  /** How long a short request waits for a long one at most, give or take a step of the engine. */
  private static final Duration SLICE = Duration.ofMillis(3);

  /**
   * For so much time that short requests took, a long one is owed 1. So it has a quarter of the
   * lane at least, and short ones wait a third longer than without it at most.
   */
  private static final int SHORT_PER_LONG = 3;

  private final int number;
  private final Engine.Lane lane;
  private final LaneQueue queue;
  private final int roomTokens;
  private Optional<Request> underWay = Optional.empty();
  private long owedNanos;

  /**
   * Of a lane that is open.
   *
   * @param number of the lane, from 0
   * @param roomTokens tokens of a call that a loaded model needs room for
   */
  LaneLoop(int number, Engine.Lane lane, LaneQueue queue, int roomTokens) {
    this.number = number;
    this.lane = lane;
    this.queue = queue;
    this.roomTokens = roomTokens;
  }

  /** Serves until the queue ends. */
  void serve() {
    boolean open = true;
    while (open) {
      if (underWay.isEmpty()) {
        open = perform(queue.take(number));
      } else if (owedNanos >= SLICE.toNanos()) {
        slice(underWay.get());
      } else {
        queue.poll(number).ifPresentOrElse(this::perform, () -> slice(underWay.get()));
      }
    }
  }

  /** False at the end. */
  private boolean perform(Work work) {
    switch (work) {
      case Work.Call(var requests, var late) -> {
        late.forEach(request -> request.future().completeExceptionally(request.tooLate()));
        call(requests);
      }
      case Work.Room room -> makeRoom(room);
      case Work.End() -> {
        return false;
      }
    }
    return true;
  }

  private void call(List<Request> requests) {
    if (requests.isEmpty()) {
      return;
    }
    if (queue.isLong(requests.getFirst())) {
      begin(requests.getFirst());
      return;
    }
    long start = queue.nowNanos();
    LoadedModel model = requests.getFirst().model();
    Runnable completion;
    try {
      completion = run(model, requests);
    } finally {
      queue.finished(model);
    }
    if (underWay.isPresent()) {
      owedNanos += (queue.nowNanos() - start) / SHORT_PER_LONG;
    }
    completion.run();
  }

  private Runnable run(LoadedModel model, List<Request> call) {
    try {
      PackedCall packed = new PackedCall(call);
      Encoded whole = lane.run(model.engine(), packed.batch(), packed.outputs());
      List<Encoded> parts = packed.split(whole);
      return () -> {
        for (int i = 0; i < call.size(); i++) {
          call.get(i).future().complete(parts.get(i));
        }
      };
    } catch (RuntimeException | Error e) {
      return call.size() == 1 ? failure(call.getFirst(), e) : oneByOne(model, call);
    }
  }

  /** After a failed shared call: none fails for what a neighbour asked. */
  private Runnable oneByOne(LoadedModel model, List<Request> call) {
    List<Runnable> completions =
        call.stream().map(request -> run(model, List.of(request))).toList();
    return () -> completions.forEach(Runnable::run);
  }

  private void begin(Request request) {
    try {
      lane.begin(request.model().engine(), request.batch(), request.outputs());
      underWay = Optional.of(request);
    } catch (RuntimeException | Error e) {
      end(request, failure(request, e));
    }
  }

  private void slice(Request request) {
    long start = queue.nowNanos();
    if (request.future().isDone()) {
      lane.cancel();
      end(request, () -> {});
    } else if (request.late(start)) {
      lane.cancel();
      end(request, () -> request.future().completeExceptionally(request.tooLate()));
    } else {
      advance(request);
      owedNanos = Math.max(0, owedNanos - (queue.nowNanos() - start));
    }
  }

  private void advance(Request request) {
    Optional<Encoded> result;
    try {
      result = lane.advance(SLICE);
    } catch (RuntimeException | Error e) {
      end(request, failure(request, e));
      return;
    }
    result.ifPresent(encoded -> end(request, () -> request.future().complete(encoded)));
  }

  /** The long request is no longer under way. */
  private void end(Request request, Runnable completion) {
    underWay = Optional.empty();
    owedNanos = 0;
    queue.finished(request.model());
    completion.run();
  }

  private void makeRoom(Work.Room room) {
    Runnable completion;
    try {
      lane.reserve(room.model().engine(), roomTokens);
      completion = () -> room.made().complete(null);
    } catch (RuntimeException | Error e) {
      completion = () -> room.made().completeExceptionally(e);
    } finally {
      queue.finished(room.model());
    }
    completion.run();
  }

  private static Runnable failure(Request request, Throwable cause) {
    InferenceException reason =
        cause instanceof InferenceException known
            ? known
            : new InferenceException.Failed("the engine failed: " + cause, cause);
    return () -> request.future().completeExceptionally(reason);
  }
}
