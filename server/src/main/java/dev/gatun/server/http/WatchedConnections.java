package dev.gatun.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;

/** Helidon's HTTP/1.1, with every connection wrapped so that it can be watched. */
final class WatchedConnections implements ServerConnectionSelector {
  private final Http1ConnectionSelector http1;
  private final ClientConnection.Patience patience;

  WatchedConnections(Http1Config config, ClientConnection.Patience patience) {
    this.patience = patience;
    this.http1 = Http1ConnectionSelector.builder().config(config).build();
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http1.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http1.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http1.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    ClientConnection client = new ClientConnection(context, patience);
    return new Watched(client, http1.connection(client));
  }

  /** Binds {@link ClientConnection#CURRENT} around Helidon's loop over requests. */
  private record Watched(ClientConnection client, ServerConnection http1)
      implements ServerConnection, InterruptableTask<Void> {

    @Override
    public void handle(Limit limit) throws InterruptedException {
      ScopedValue.where(ClientConnection.CURRENT, client)
          .<Void, InterruptedException>call(() -> {
            http1.handle(limit);
            // Ended without an exception: Helidon has refused a request, or the server stops.
            if (client.endsInRequest()) {
              client.linger();
            }
            return null;
          });
    }

    @Override
    public Duration idleTime() {
      return http1.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
      http1.close(interrupt);
    }

    @Override
    public boolean canInterrupt() {
      return http1 instanceof InterruptableTask<?> task && task.canInterrupt();
    }

    @Override
    public void run() {
      throw new UnsupportedOperationException("a connection is handled, not run");
    }
  }
}
