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
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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
 */
final class ClientConnection implements ConnectionContext {
  /** The connection whose request the current thread handles. */
  static final ScopedValue<ClientConnection> CURRENT = ScopedValue.newInstance();

  private static final byte[] NOTHING = {};

  private final ConnectionContext connection;
  private final DataReader reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();

  private boolean reading;
  private boolean interruptible;
  private boolean ended;
  private byte[] ahead = NOTHING;
  private @Nullable RuntimeException failure;
  private @Nullable Runnable onGone;

  ClientConnection(ConnectionContext connection) {
    this.connection = connection;
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

  /**
   * Makes reads of the request body end at an interrupt without closing the socket, so that a
   * timeout can still be answered.
   */
  void interruptible(boolean on) {
    interruptible = on;
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
    lock.lock();
    try {
      if (interruptible && !reading && ahead.length == 0 && !ended && failure == null) {
        startReading();
      }
      while (reading) {
        arrived.await();
      }
      if (failure != null) {
        throw failure;
      }
      if (ended) {
        return null;
      }
      if (ahead.length > 0) {
        byte[] block = ahead;
        ahead = NOTHING;
        return block;
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
