package dev.gatun.server.http;

import dev.gatun.server.wire.ErrorCode;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Listening sockets, all set up alike: bounded, HTTP/1.1, errors as JSON. */
public final class Sockets {
  private static final int CONNECTIONS_MAX = 10_000;
  private static final int HEADER_BYTES_MAX = 64 << 10;
  private static final int PATH_BYTES_MAX = 8 << 10;

  /** Largest transfer chunk, and sum of them; a plane's own limit is smaller or equal. */
  private static final int PAYLOAD_BYTES_MAX = DataPlane.BODY_BYTES_MAX;

  private static final int WRITE_BUFFER_BYTES = 16 << 10;

  private Sockets() {}

  /** A socket could not be opened. */
  public static final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    Unavailable(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Opens a listener and starts to accept.
   *
   * @param port 0 for a free one
   * @param drain how long {@code stop()} waits for open requests
   */
  public static WebServer open(String address, int port, Duration drain, Plane plane)
      throws Unavailable {
    return open(address, port, drain, plane, ClientConnection.Patience.USUAL);
  }

  static WebServer open(
      String address, int port, Duration drain, Plane plane, ClientConnection.Patience patience)
      throws Unavailable {
    requireFree(address, port);
    Http1Config http1 =
        Http1Config.builder()
            .maxHeadersSize(HEADER_BYTES_MAX)
            .maxPrologueLength(PATH_BYTES_MAX)
            .build();
    try {
      return WebServer.builder()
          .host(address)
          .port(port)
          .shutdownHook(false)
          .shutdownGracePeriod(drain)
          .protocolsDiscoverServices(false)
          .addConnectionSelector(new WatchedConnections(http1, patience))
          .connectionOptions(options -> options.tcpNoDelay(true))
          .maxTcpConnections(CONNECTIONS_MAX)
          .writeBufferSize(WRITE_BUFFER_BYTES)
          .restoreResponseHeaders(false)
          .maxPayloadSize(PAYLOAD_BYTES_MAX)
          .errorHandling(errors -> errors.includeEntity(true))
          .directHandlers(refusals(plane))
          .routing(routing -> routing.any(new ConnectionRules(plane)))
          .build()
          .start();
    } catch (RuntimeException e) {
      throw new Unavailable("cannot listen on " + address + ":" + port + ": " + e.getMessage());
    }
  }

  /** Whether an address is reachable from this machine only. */
  public static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Asks the system before the server does, for an error that says which of the two it is. */
  private static void requireFree(String address, int port) throws Unavailable {
    InetSocketAddress wanted = new InetSocketAddress(address, port);
    if (wanted.isUnresolved()) {
      throw new Unavailable("address " + address + " is unknown; use one of this machine");
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(wanted);
    } catch (IOException e) {
      throw new Unavailable(
          "cannot listen on "
              + address
              + ":"
              + port
              + ": "
              + e.getMessage()
              + "; stop the other process or choose another port");
    }
  }

  private static DirectHandlers refusals(Plane plane) {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (EventType type : EventType.values()) {
      handlers.addHandler(
          type,
          (request, event, status, headers, message) ->
              refused(plane, status, headers, message == null ? "" : message));
    }
    return handlers.build();
  }

  /** What Helidon refuses before a handler sees it: bad framing, headers too long. */
  private static DirectHandler.TransportResponse refused(
      Plane plane, Status status, ServerResponseHeaders headers, String why) {
    ErrorCode code = code(status, why);
    return DirectHandler.TransportResponse.builder()
        .status(Status.create(code.status()))
        .headers(headers)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.create("x-request-id"), RequestIds.of(Optional.empty()))
        .header(HeaderNames.create("x-vsr-response-path"), "error")
        .header(HeaderNames.create("x-vsr-schema-version"), "1")
        .entity(plane.refusal(code, message(code, why)))
        .build();
  }

  private static String message(ErrorCode code, String why) {
    String known =
        Map.of(
                ErrorCode.HEADERS_TOO_LARGE,
                "the headers are larger than " + HEADER_BYTES_MAX + " bytes",
                ErrorCode.BODY_TOO_LARGE,
                "the request body is larger than " + PAYLOAD_BYTES_MAX + " bytes",
                ErrorCode.URI_TOO_LONG,
                "the request line is longer than " + PATH_BYTES_MAX + " bytes",
                ErrorCode.UNSUPPORTED_ENCODING,
                "send the body without a content-encoding",
                ErrorCode.HTTP_VERSION_NOT_SUPPORTED,
                "use HTTP/1.1",
                ErrorCode.INTERNAL_ERROR,
                "the request failed; see the server log")
            .getOrDefault(code, why);
    // What Helidon will not tell a client, it calls 'see server log'.
    return known.isEmpty() || known.contains("Bad request, see") ? "not valid HTTP/1.1" : known;
  }

  /** Some reasons are told by Helidon's words only, with the status of any bad request. */
  private static ErrorCode code(Status status, String why) {
    if (why.startsWith("Header size exceeded")) {
      return ErrorCode.HEADERS_TOO_LARGE;
    }
    if (why.startsWith("Content-Encoding header")) {
      return ErrorCode.UNSUPPORTED_ENCODING;
    }
    return switch (status.code()) {
      case 413 -> ErrorCode.BODY_TOO_LARGE;
      case 414 -> ErrorCode.URI_TOO_LONG;
      case 431 -> ErrorCode.HEADERS_TOO_LARGE;
      case 501 -> ErrorCode.NOT_IMPLEMENTED;
      case 503 -> ErrorCode.OVERLOADED;
      case 505 -> ErrorCode.HTTP_VERSION_NOT_SUPPORTED;
      case 404 -> ErrorCode.NOT_FOUND;
      case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
      default -> status.code() >= 500 ? ErrorCode.INTERNAL_ERROR : ErrorCode.INVALID_REQUEST;
    };
  }
}
