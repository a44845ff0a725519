package dev.gatun.server.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that can be watched for the client going away while a request is handled.
 *
 * <p>Helidon reads a socket only between requests, so a client that leaves is noticed at the next
 * write at best, and never while a backend thinks. Here a second virtual thread reads one block
 * ahead during a request. End of stream means the client has gone; bytes mean it pipelines its next
 * request, and they are handed to Helidon when it asks for them. At most one block is read ahead,
 * so a client cannot fill memory this way.
 *
 * <p>A client that half-closes its side counts as gone, as with other proxies.
 *
 * <p>The head of a request must be complete, and a body must go on, within the times of {@link
 * Patience}; Helidon itself waits for ever.
 */
final class ClientConnection implements ConnectionContext {
  /** The connection whose request the current thread handles. */
  static final ScopedValue<ClientConnection> CURRENT = ScopedValue.newInstance();

  /**
   * How long a client may take.
   *
   * @param head from the first byte of a request to the end of its headers
   * @param bodyPause between two pieces of a body
   */
  record Patience(Duration head, Duration bodyPause) {
    static final Patience USUAL = new Patience(Duration.ofSeconds(30), Duration.ofSeconds(30));
  }

  /** After a refusal: how long, and how much, a client may still send before the cut. */
  private static final Duration LINGER_LIMIT = Duration.ofSeconds(2);

  private static final int LINGER_BYTES_MAX = 16 << 20;

  private static final byte[] NOTHING = {};

  /** What the bytes that Helidon asks for belong to. */
  private enum Phase {
    BETWEEN_REQUESTS,
    HEAD,
    BODY,
    HANDLING
  }

  /** The client has stopped sending in the middle of a body. */
  static final class Stalled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stalled() {
      super("the client has stopped sending", null, false, false);
    }
  }

  private final ConnectionContext connection;
  private final Patience patience;
  private final DataReader reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();

  private boolean reading;
  private boolean ended;
  private byte[] ahead = NOTHING;
  private @Nullable RuntimeException failure;
  private @Nullable Runnable onGone;

  // Used by the connection's own thread only.
  private Phase phase = Phase.BETWEEN_REQUESTS;
  private long headBegan;
  private @Nullable IntConsumer onBodyBlock;

  ClientConnection(ConnectionContext connection, Patience patience) {
    this.connection = connection;
    this.patience = patience;
    this.reader = DataReader.create(this::next);
  }

  /**
   * Begins to watch. The request body must have been read. The action runs at most once, on another
   * thread, and never after {@link #unwatch} has returned.
   */
  void watch(Runnable action) {
    lock.lock();
    try {
      onGone = action;
      if (ended || failure != null) {
        gone();
      } else if (!reading && ahead.length == 0) {
        startReading();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The head of a request is complete. */
  void requestBegins() {
    phase = Phase.HANDLING;
  }

  /** A request has been answered. */
  void requestEnded() {
    // What a client has sent ahead belongs to the head of its next request.
    boolean begun = reader.available() > 0;
    phase = begun ? Phase.HEAD : Phase.BETWEEN_REQUESTS;
    headBegan = System.nanoTime();
  }

  /**
   * Reads from here on belong to a request body. They end at an interrupt without closing the
   * socket, and after a pause, so that a timeout can still be answered.
   *
   * @param onBlock told the length of every block before it is kept; may throw to refuse it
   */
  void readingBody(IntConsumer onBlock) {
    phase = Phase.BODY;
    onBodyBlock = onBlock;
  }

  /** The body has been read, or refused. */
  void bodyRead() {
    phase = Phase.HANDLING;
    onBodyBlock = null;
  }

  /**
   * Throws away what a client goes on to send after a refusal, for a short time: a socket that is
   * closed with unread bytes is reset, and a reset destroys the reply on its way.
   */
  void linger() {
    long until = System.nanoTime() + LINGER_LIMIT.toNanos();
    long left = LINGER_BYTES_MAX;
    try {
      while (left > 0) {
        byte[] block = within(until - System.nanoTime());
        if (block == null) {
          return;
        }
        left -= block.length;
      }
    } catch (Stalled | CloseConnectionException end) {
      // The reply has had its time; the connection is closed in any case.
      return;
    }
  }

  /** Whether the connection ends in the middle of a request, as when its head is refused. */
  boolean endsInRequest() {
    return phase == Phase.HEAD;
  }

  /** Stops watching; an action that has begun has finished when this returns. */
  void unwatch() {
    lock.lock();
    try {
      onGone = null;
    } finally {
      lock.unlock();
    }
  }

  private void startReading() {
    reading = true;
    Thread.ofVirtual().name("gatun-client-watch").start(this::readAhead);
  }

  private void readAhead() {
    byte[] block = null;
    RuntimeException problem = null;
    try {
      block = connection.serverSocket().get();
    } catch (UncheckedIOException e) {
      problem = new ServerConnectionException("the client's socket failed", e);
    } catch (RuntimeException e) {
      problem = e;
    }
    lock.lock();
    try {
      reading = false;
      failure = problem;
      if (block == null) {
        ended = true;
        gone();
      } else {
        ahead = block;
      }
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void gone() {
    Runnable action = onGone;
    onGone = null;
    if (action != null) {
      action.run();
    }
  }

  /** The next block for Helidon; null at the end of the stream, as its reader expects. */
  private byte @Nullable [] next() {
    return switch (phase) {
      case BETWEEN_REQUESTS -> firstOfHead();
      case HEAD -> moreOfHead();
      case BODY -> moreOfBody();
      case HANDLING -> whenever();
    };
  }

  private byte @Nullable [] firstOfHead() {
    byte[] block = whenever();
    phase = Phase.HEAD;
    headBegan = System.nanoTime();
    return block;
  }

  private byte @Nullable [] moreOfHead() {
    try {
      return within(headBegan + patience.head().toNanos() - System.nanoTime());
    } catch (Stalled e) {
      throw new CloseConnectionException("the head of a request did not arrive in time", e);
    }
  }

  private byte @Nullable [] moreOfBody() {
    byte[] block = within(patience.bodyPause().toNanos());
    IntConsumer told = onBodyBlock;
    if (block != null && told != null) {
      told.accept(block.length);
    }
    return block;
  }

  /** Waits on another thread's read, so that the wait can end without closing the socket. */
  private byte @Nullable [] within(long nanos) {
    lock.lock();
    try {
      if (!reading && ahead.length == 0 && !ended && failure == null) {
        startReading();
      }
      long left = nanos;
      while (reading) {
        if (left <= 0) {
          throw new Stalled();
        }
        left = arrived.awaitNanos(left);
      }
      return taken().orElseThrow(IllegalStateException::new).block();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("the server is stopping", e);
    } finally {
      lock.unlock();
    }
  }

  private byte @Nullable [] whenever() {
    lock.lock();
    try {
      while (reading) {
        arrived.await();
      }
      Optional<Taken> taken = taken();
      if (taken.isPresent()) {
        return taken.get().block();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("the server is stopping", e);
    } finally {
      lock.unlock();
    }
    try {
      return connection.serverSocket().get();
    } catch (UncheckedIOException e) {
      throw new ServerConnectionException("the client's socket failed", e);
    }
  }

  /** A block read ahead; null at the end of the stream. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  private record Taken(byte @Nullable [] block) {}

  /** What has been read ahead; empty when nothing has. Called with the lock held. */
  private Optional<Taken> taken() {
    if (failure != null) {
      throw failure;
    }
    if (ended) {
      return Optional.of(new Taken(null));
    }
    if (ahead.length == 0) {
      return Optional.empty();
    }
    byte[] block = ahead;
    ahead = NOTHING;
    return Optional.of(new Taken(block));
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public DataWriter dataWriter() {
    return connection.dataWriter();
  }

  @Override
  public ListenerContext listenerContext() {
    return connection.listenerContext();
  }

  @Override
  public ExecutorService executor() {
    return connection.executor();
  }

  @Override
  public Router router() {
    return connection.router();
  }

  @Override
  public Optional<ProxyProtocolData> proxyProtocolData() {
    return connection.proxyProtocolData();
  }

  @Override
  public HelidonSocket serverSocket() {
    return connection.serverSocket();
  }

  @Override
  public PeerInfo remotePeer() {
    return connection.remotePeer();
  }

  @Override
  public PeerInfo localPeer() {
    return connection.localPeer();
  }

  @Override
  public boolean isSecure() {
    return connection.isSecure();
  }

  @Override
  public String socketId() {
    return connection.socketId();
  }

  @Override
  public String childSocketId() {
    return connection.childSocketId();
  }
}
