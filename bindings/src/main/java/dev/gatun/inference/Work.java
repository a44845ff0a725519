package dev.gatun.inference;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a lane finds in the queue. The model of a call or of room counts as running. */
sealed interface Work {

  /**
   * Requests for one native call.
   *
   * @param requests oldest first; empty when there are only late ones
   * @param late those whose time was over; nothing else is to be done for them
   */
  record Call(List<Request> requests, List<Request> late) implements Work {
    public Call {
      requests = List.copyOf(requests);
      late = List.copyOf(late);
    }

    boolean isEmpty() {
      return requests.isEmpty() && late.isEmpty();
    }
  }

  /** A model whose calls this lane shall make room for, once. */
  record Room(LoadedModel model, CompletableFuture<Void> made) implements Work {}

  /** There will be nothing more. */
  record End() implements Work {}
}
