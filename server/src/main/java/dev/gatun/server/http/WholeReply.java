package dev.gatun.server.http;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Sends a body that is complete in memory. */
public final class WholeReply {
  private static final byte[] NOTHING = {};

  private WholeReply() {}

  /**
   * Ends the reply with a body. A HEAD request gets the length and no body: a client takes whatever
   * follows for the next reply on the connection.
   */
  public static void send(ServerRequest request, ServerResponse response, byte[] body) {
    if (request.prologue().method().equals(Method.HEAD)) {
      response.headers().contentLength(body.length);
      response.send(NOTHING);
    } else {
      response.send(body);
    }
  }

  /** Whether a method may be used where another is expected: HEAD wherever GET may. */
  public static boolean allows(Method expected, Method asked) {
    return asked.equals(expected) || (expected.equals(Method.GET) && asked.equals(Method.HEAD));
  }
}
