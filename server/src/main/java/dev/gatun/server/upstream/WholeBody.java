package dev.gatun.server.upstream;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;

/**
 * A request body that is one array, handed over in slices of it; the JDK's own publisher would copy
 * the array first. Can be sent again, as when a connection has to be made anew.
 */
final class WholeBody implements BodyPublisher {
  private static final int SLICE_BYTES = 16 << 10;

  private final byte[] body;

  WholeBody(byte[] body) {
    this.body = body;
  }

  @Override
  public long contentLength() {
    return body.length;
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
    subscriber.onSubscribe(new Slices(subscriber));
  }

  /** Hands out as many slices as were asked for. */
  private final class Slices implements Subscription {
    private final Subscriber<? super ByteBuffer> subscriber;
    private int at;
    private long wanted;
    private boolean handing;
    private boolean ended;

    Slices(Subscriber<? super ByteBuffer> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long count) {
      synchronized (this) {
        wanted = wanted + count < 0 ? Long.MAX_VALUE : wanted + count;
        if (handing || count < 1) {
          return;
        }
        handing = true;
      }
      // A subscriber asks again from within onNext; that must not nest.
      while (mayGoOn()) {
        if (at < body.length) {
          int length = Math.min(SLICE_BYTES, body.length - at);
          ByteBuffer slice = ByteBuffer.wrap(body, at, length).slice().asReadOnlyBuffer();
          at += length;
          subscriber.onNext(slice);
        }
        if (at >= body.length && end()) {
          subscriber.onComplete();
        }
      }
    }

    private synchronized boolean mayGoOn() {
      boolean goOn = wanted > 0 && !ended;
      if (goOn) {
        wanted--;
      } else {
        handing = false;
      }
      return goOn;
    }

    private synchronized boolean end() {
      boolean first = !ended;
      ended = true;
      return first;
    }

    @Override
    public synchronized void cancel() {
      ended = true;
    }
  }
}
