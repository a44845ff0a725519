package dev.gatun.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Requests that wait for a lane, and the models that lanes are running. First come, first served; a
 * lane that becomes free takes the oldest request together with all that can share its call. A long
 * request runs with none but those about the same text, and short ones overtake it.
 *
 * <p>Nothing here completes a future: that runs code of others, which must not happen under the
 * lock. What is taken out of the queue is handed to the caller for that.
 */
final class LaneQueue {

  /**
   * Tokens of one request from which on it is long: a multiple of what others wait without
   * noticing.
   */
  private static final int SHORT_TOKENS_MAX = 512;

  /** Tokens of a call between two slices of a long one. */
  private static final int BETWEEN_TOKENS_MAX = 2 * SHORT_TOKENS_MAX;

  /** How long a lane that was busy looks for more before it sleeps; waking it takes as long. */
  private static final long SPIN_NANOS = 50_000;

  private final int tokensMax;
  private final int callTokensMax;
  private final LongSupplier clock;
  private final Lock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final Condition finished = lock.newCondition();
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private final List<ArrayDeque<Work.Room>> rooms;
  private final Map<LoadedModel, Integer> running = new HashMap<>();
  private final Set<LoadedModel> open = new HashSet<>();
  private int waitingTokens;
  private boolean closed;
  private volatile boolean stirred;

  /**
   * An empty queue.
   *
   * @param clock nanoseconds from any origin
   */
  LaneQueue(InferenceOptions options, LongSupplier clock) {
    this.tokensMax = options.queueTokensMax();
    this.callTokensMax = options.tokensPerBatchMax();
    this.clock = clock;
    this.rooms =
        IntStream.range(0, options.lanes()).mapToObj(_ -> new ArrayDeque<Work.Room>()).toList();
  }

  long nowNanos() {
    return clock.getAsLong();
  }

  /** Whether a request is to be computed in slices. */
  boolean isLong(Request request) {
    return request.rows() > Math.min(SHORT_TOKENS_MAX, callTokensMax);
  }

  /**
   * Admits a model.
   *
   * @return one future per lane, which completes when the lane has room for the model's calls
   * @throws InferenceException.Closed when the queue is closed
   */
  List<CompletableFuture<Void>> open(LoadedModel model) {
    lock.lock();
    try {
      requireOpen();
      open.add(model);
      List<CompletableFuture<Void>> made = new ArrayList<>();
      for (ArrayDeque<Work.Room> lane : rooms) {
        Work.Room room = new Work.Room(model, new CompletableFuture<>());
        lane.add(room);
        made.add(room.made());
      }
      stirred = true;
      added.signalAll();
      return made;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds a request.
   *
   * @throws InferenceException.Overloaded when its tokens do not fit now
   * @throws InferenceException.TooLarge when they never will
   * @throws InferenceException.Closed when its model or the queue is closed
   */
  void add(Request request) {
    int tokens = request.batch().tokens();
    lock.lock();
    try {
      requireOpen();
      if (!open.contains(request.model())) {
        throw request.model().closed();
      }
      if (tokens > tokensMax) {
        throw new InferenceException.TooLarge(
            String.format(
                Locale.ROOT,
                "a request of %d tokens can never wait in a queue of %d: send less at once",
                tokens,
                tokensMax));
      }
      if (tokens > tokensMax - waitingTokens) {
        throw new InferenceException.Overloaded(
            String.format(
                Locale.ROOT,
                "the queue holds %d tokens of at most %d; %d more do not fit: try again later",
                waitingTokens,
                tokensMax,
                tokens));
      }
      waiting.add(request);
      waitingTokens += tokens;
      stirred = true;
      added.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for work of a lane that has nothing under way, and marks its model as running.
   *
   * @param lane its number
   */
  Work take(int lane) {
    spin();
    lock.lock();
    try {
      while (true) {
        Optional<Work> work = next(lane, false);
        if (work.isPresent()) {
          return work.get();
        }
        if (closed) {
          return new Work.End();
        }
        added.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #take}, for a lane that has a long request under way; does not wait. */
  Optional<Work> poll(int lane) {
    if (!stirred) {
      return Optional.empty();
    }
    lock.lock();
    try {
      return next(lane, true);
    } finally {
      lock.unlock();
    }
  }

  /** Ends what {@link #take} or {@link #poll} began. */
  void finished(LoadedModel model) {
    lock.lock();
    try {
      running.computeIfPresent(model, (_, calls) -> calls == 1 ? null : calls - 1);
      finished.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes a request out that nobody waits for any more; does nothing when it has left already. */
  void withdraw(Request request) {
    lock.lock();
    try {
      if (waiting.remove(request)) {
        waitingTokens -= request.batch().tokens();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Stops admitting a model's requests and takes out what waits; answers what is to fail. */
  List<CompletableFuture<?>> close(LoadedModel model) {
    lock.lock();
    try {
      open.remove(model);
      List<CompletableFuture<?>> left = new ArrayList<>();
      for (Request request : List.copyOf(waiting)) {
        if (request.model() == model) {
          remove(request);
          left.add(request.future());
        }
      }
      for (ArrayDeque<Work.Room> lane : rooms) {
        lane.stream().filter(room -> room.model() == model).forEach(room -> left.add(room.made()));
        lane.removeIf(room -> room.model() == model);
      }
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until no lane runs the model. */
  void awaitIdle(LoadedModel model) {
    lock.lock();
    try {
      while (running.containsKey(model)) {
        finished.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Stops admitting anything and lets lanes end; answers the models still open. */
  List<LoadedModel> close() {
    lock.lock();
    try {
      closed = true;
      stirred = true;
      added.signalAll();
      return List.copyOf(open);
    } finally {
      lock.unlock();
    }
  }

  /** Tokens that wait. */
  int waitingTokens() {
    lock.lock();
    try {
      return waitingTokens;
    } finally {
      lock.unlock();
    }
  }

  private void spin() {
    long end = System.nanoTime() + SPIN_NANOS;
    while (!stirred && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private Optional<Work> next(int lane, boolean between) {
    Work.Room room = rooms.get(lane).poll();
    Work.Call call = room == null ? nextCall(between) : new Work.Call(List.of(), List.of());
    stirred = closed || !waiting.isEmpty() || rooms.stream().anyMatch(r -> !r.isEmpty());
    if (room != null) {
      running.merge(room.model(), 1, Integer::sum);
      return Optional.of(room);
    }
    if (!call.requests().isEmpty()) {
      running.merge(call.requests().getFirst().model(), 1, Integer::sum);
    }
    return call.isEmpty() ? Optional.empty() : Optional.of(call);
  }

  /** Takes the next call out, and what is late or withdrawn besides. */
  private Work.Call nextCall(boolean between) {
    long now = nowNanos();
    int tokensLeft = between ? Math.min(callTokensMax, BETWEEN_TOKENS_MAX) : callTokensMax;
    List<Request> call = new ArrayList<>();
    List<Request> late = new ArrayList<>();
    Set<Output> kinds = new HashSet<>();
    Iterator<Request> requests = waiting.iterator();
    while (requests.hasNext()) {
      Request request = requests.next();
      int tokens = request.batch().tokens();
      boolean withdrawn = request.future().isDone();
      boolean tooLate = !withdrawn && request.late(now);
      boolean joins = !withdrawn && !tooLate && joins(request, call, kinds, tokensLeft, between);
      if (withdrawn || tooLate || joins) {
        requests.remove();
        waitingTokens -= tokens;
      }
      if (tooLate) {
        late.add(request);
      }
      if (joins) {
        call.add(request);
        tokensLeft -= request.rows();
      }
    }
    return new Work.Call(call, late);
  }

  private boolean joins(
      Request request, List<Request> call, Set<Output> kinds, int tokensLeft, boolean between) {
    boolean fits;
    if (call.isEmpty()) {
      fits = !between || !isLong(request);
    } else if (request.model() != call.getFirst().model()) {
      fits = false;
    } else if (isLong(call.getFirst())) {
      fits = request.batch().equals(call.getFirst().batch()); // more about the same text
    } else {
      fits = !isLong(request) && request.rows() <= tokensLeft;
    }
    return fits && request.joins(kinds);
  }

  private void remove(Request request) {
    waiting.remove(request);
    waitingTokens -= request.batch().tokens();
  }

  private void requireOpen() {
    if (closed) {
      throw new InferenceException.Closed("inference is closed");
    }
  }
}
