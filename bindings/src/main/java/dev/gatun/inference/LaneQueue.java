package dev.gatun.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Requests that wait for a lane, and the models that lanes are running. First come, first served; a
 * lane that becomes free takes the oldest request together with all that can share its call.
 *
 * <p>Nothing here completes a future: that runs code of others, which must not happen under the
 * lock. What is taken out of the queue is handed to the caller for that.
 */
final class LaneQueue {

  /**
   * Tokens that one call takes at most, so that a long queue does not become one long call. A
   * request that is longer by itself runs alone.
   */
  private static final int CALL_TOKENS_MAX = 4096;

  private final int tokensMax;
  private final Lock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final Condition finished = lock.newCondition();
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private final Map<LoadedModel, Integer> running = new HashMap<>();
  private final Set<LoadedModel> open = new HashSet<>();
  private int waitingTokens;
  private boolean closed;

  LaneQueue(int tokensMax) {
    this.tokensMax = tokensMax;
  }

  /**
   * Admits a model.
   *
   * @throws InferenceException.Closed when the queue is closed
   */
  void open(LoadedModel model) {
    lock.lock();
    try {
      requireOpen();
      open.add(model);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds a request.
   *
   * @throws InferenceException.Overloaded when its tokens do not fit
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
        throw new InferenceException.Overloaded(
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
      added.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for work and marks its model as running.
   *
   * @return requests of one call, oldest first; empty once the queue is closed
   */
  List<Request> take() {
    lock.lock();
    try {
      while (true) {
        List<Request> call = nextCall();
        if (!call.isEmpty()) {
          running.merge(call.getFirst().model(), 1, Integer::sum);
          return call;
        }
        if (closed) {
          return List.of();
        }
        added.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends what {@link #take} began. */
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

  /** Stops admitting a model's requests and takes those out that wait. */
  List<Request> close(LoadedModel model) {
    lock.lock();
    try {
      open.remove(model);
      List<Request> left = waiting.stream().filter(request -> request.model() == model).toList();
      left.forEach(this::remove);
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

  private List<Request> nextCall() {
    List<Request> call = new ArrayList<>();
    int tokens = 0;
    Iterator<Request> requests = waiting.iterator();
    while (requests.hasNext()) {
      Request request = requests.next();
      int more = request.batch().tokens();
      boolean withdrawn = request.future().isDone();
      boolean joins =
          call.isEmpty() || (request.joins(call.getFirst()) && more <= CALL_TOKENS_MAX - tokens);
      if (withdrawn || joins) {
        requests.remove();
        waitingTokens -= more;
      }
      if (joins && !withdrawn) {
        call.add(request);
        tokens += more;
      }
    }
    return call;
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
