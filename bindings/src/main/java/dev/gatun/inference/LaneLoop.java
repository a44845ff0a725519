package dev.gatun.inference;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

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
  private final LongConsumer workspace;
  private Optional<Pass> underWay = Optional.empty();
  private long owedNanos;

  /** A long call that was begun. */
  private record Pass(List<Request> requests, PackedCall packed) {

    LoadedModel model() {
      return requests.getFirst().model();
    }

    /** Whether nobody waits for it any more. */
    boolean unwanted(long nowNanos) {
      return requests.stream().allMatch(r -> r.future().isDone() || r.late(nowNanos));
    }
  }

  /**
   * Of a lane that is open.
   *
   * @param number of the lane, from 0
   * @param roomTokens tokens of a call that a loaded model needs room for
   * @param workspace is told how much memory the lane holds, after every call
   */
  LaneLoop(int number, Engine.Lane lane, LaneQueue queue, int roomTokens, LongConsumer workspace) {
    this.number = number;
    this.lane = lane;
    this.queue = queue;
    this.roomTokens = roomTokens;
    this.workspace = workspace;
  }

  /** Serves until the queue ends. */
  void serve() {
    boolean open = true;
    while (open) {
      workspace.accept(lane.workspaceBytes());
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
      begin(new Pass(requests, new PackedCall(requests)));
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
      return success(call, packed.split(whole));
    } catch (RuntimeException | Error e) {
      return call.size() == 1 ? failure(call, e) : oneByOne(model, call);
    }
  }

  /** After a failed shared call: none fails for what a neighbour asked. */
  private Runnable oneByOne(LoadedModel model, List<Request> call) {
    List<Runnable> completions =
        call.stream().map(request -> run(model, List.of(request))).toList();
    return () -> completions.forEach(Runnable::run);
  }

  private void begin(Pass pass) {
    try {
      lane.begin(pass.model().engine(), pass.packed().batch(), pass.packed().outputs());
      underWay = Optional.of(pass);
    } catch (RuntimeException | Error e) {
      end(pass, failure(pass.requests(), e));
    }
  }

  private void slice(Pass pass) {
    long start = queue.nowNanos();
    if (pass.unwanted(start)) {
      lane.cancel();
      end(pass, () -> pass.requests().forEach(r -> r.future().completeExceptionally(r.tooLate())));
    } else {
      advance(pass);
      owedNanos = Math.max(0, owedNanos - (queue.nowNanos() - start));
    }
  }

  private void advance(Pass pass) {
    Optional<Runnable> completion;
    try {
      completion =
          lane.advance(SLICE).map(whole -> success(pass.requests(), pass.packed().split(whole)));
    } catch (RuntimeException | Error e) {
      completion = Optional.of(failure(pass.requests(), e));
    }
    completion.ifPresent(done -> end(pass, done));
  }

  /** The long call is no longer under way. */
  private void end(Pass pass, Runnable completion) {
    underWay = Optional.empty();
    owedNanos = 0;
    queue.finished(pass.model());
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

  private static Runnable success(List<Request> call, List<Encoded> parts) {
    return () -> {
      for (int i = 0; i < call.size(); i++) {
        call.get(i).future().complete(parts.get(i));
      }
    };
  }

  private static Runnable failure(List<Request> call, Throwable cause) {
    InferenceException reason =
        cause instanceof InferenceException known
            ? known
            : new InferenceException.Failed("the engine failed: " + cause, cause);
    return () -> call.forEach(request -> request.future().completeExceptionally(reason));
  }
}
