package dev.gatun.server.upstream;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands the pieces of a response body from the HTTP client to one reading thread. It asks for the
 * next piece only when the last one has been taken, so a slow reader slows the backend down instead
 * of filling memory.
 */
final class ReplyBody implements BodySubscriber<ReplyBody> {
  /** What the client delivered, in order. */
  private sealed interface Item {
    record Data(List<ByteBuffer> buffers) implements Item {}

    record End() implements Item {}

    record Failure(Throwable cause) implements Item {}
  }

  private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
  private final Deque<ByteBuffer> taken = new ArrayDeque<>();
  private final CompletableFuture<ReplyBody> self = CompletableFuture.completedFuture(this);
  private volatile @Nullable Subscription subscription;
  private volatile boolean cancelled;
  private boolean ended;

  @Override
  public CompletionStage<ReplyBody> getBody() {
    return self;
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    if (cancelled) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    items.add(new Item.Data(buffers));
  }

  @Override
  public void onError(Throwable cause) {
    items.add(new Item.Failure(cause));
  }

  @Override
  public void onComplete() {
    items.add(new Item.End());
  }

  /** What waiting for the next piece came to. */
  sealed interface Next {
    record Piece(ByteBuffer bytes) implements Next {}

    record End() implements Next {}

    record TimedOut() implements Next {}
  }

  /**
   * Waits for the next piece.
   *
   * @throws IOException when the connection failed
   */
  Next next(Duration limit) throws IOException, InterruptedException {
    while (taken.isEmpty() && !ended) {
      Item item = items.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
      switch (item) {
        case null -> {
          return new Next.TimedOut();
        }
        case Item.Data(List<ByteBuffer> buffers) -> {
          taken.addAll(buffers);
          Subscription given = subscription;
          if (given != null) {
            given.request(1);
          }
        }
        case Item.Failure(Throwable cause) ->
            throw cause instanceof IOException io ? io : new IOException(cause);
        case Item.End() -> ended = true;
      }
    }
    ByteBuffer piece = taken.poll();
    return piece == null ? new Next.End() : new Next.Piece(piece);
  }

  /** Ends the exchange; the connection is closed unless the body has been read to its end. */
  void cancel() {
    cancelled = true;
    Subscription given = subscription;
    if (given != null) {
      given.cancel();
    }
  }
}
