package dev.gatun.server.http;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/**
 * When a connection ends. Helidon says {@code connection: close} but goes on to read: what was left
 * of a refused body would be taken for the next request, so that whoever writes a body could write
 * requests. Here a connection ends with the first reply that says so, and a reply says so when its
 * request's body has not been read to its end, when the client asked for it, and during a drain.
 */
record ConnectionRules(Plane plane) implements Handler {
  @Override
  public void handle(ServerRequest request, ServerResponse response) throws Exception {
    ClientConnection client = ClientConnection.CURRENT.get();
    response.beforeSend(() -> {
      if (plane.draining() || unread(request)) {
        response.headers().set(HeaderValues.CONNECTION_CLOSE);
      }
    });
    client.requestBegins();
    plane.handle(request, response);
    client.requestEnded();
    boolean isUnread = unread(request);
    if (isUnread
        || response.headers().containsToken(HeaderValues.CONNECTION_CLOSE)
        || request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
      complete(response);
      if (isUnread) {
        client.linger();
      }
      throw new CloseConnectionException("the last reply said that the connection ends");
    }
  }

  /**
   * Writes the last chunk of a stream. Helidon does so once its handlers have returned, and this
   * one does not: to end a connection it throws.
   */
  private static void complete(ServerResponse response) {
    if (response instanceof RoutingResponse routed) {
      routed.commit();
    }
  }

  private static boolean unread(ServerRequest request) {
    return request.content().hasEntity() && !request.content().consumed();
  }
}
