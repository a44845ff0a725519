package dev.gatun.server.upstream;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Calls to backends over HTTP/1.1 with kept-alive connections. No redirect is followed and no proxy
 * is used, so a backend cannot send a request elsewhere. Safe for use by many threads.
 *
 * <p>The JDK's client is used and not Helidon's. Helidon's 4.5 client reads each transfer chunk
 * into memory whatever its size, ends a body that is delimited by the end of the connection with an
 * exception (which HTTP/1.0 backends send), and has one read timeout where a first byte and an idle
 * limit are needed. The JDK's client cancels in every phase, hands out at most 16 KiB at a time and
 * only when asked.
 */
public final class Upstream implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("gatun-upstream-", 0).factory());

  /** One client for each connect timeout that the configuration holds, as the JDK wants it. */
  private final Map<Duration, HttpClient> clients = new ConcurrentHashMap<>();

  /**
   * Sends a request and waits for the response headers. Interrupting the thread cancels the call
   * and closes its connection.
   */
  public UpstreamReply call(UpstreamRequest request)
      throws UpstreamException, InterruptedException {
    HttpClient client = clients.computeIfAbsent(request.timeouts().connect(), this::client);
    ReplyBody body = new ReplyBody();
    CompletableFuture<HttpResponse<ReplyBody>> future =
        client.sendAsync(toJdk(request), head -> body);
    Duration limit = request.timeouts().firstByte();
    try {
      return new UpstreamReply(request, future.get(limit.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      cancel(future, body);
      throw new UpstreamException.FirstByteTimeout(request.backend(), limit);
    } catch (InterruptedException e) {
      cancel(future, body);
      throw e;
    } catch (ExecutionException e) {
      throw translated(request, e.getCause() == null ? e : e.getCause());
    }
  }

  private static void cancel(CompletableFuture<?> future, ReplyBody body) {
    future.cancel(true);
    body.cancel();
  }

  private HttpClient client(Duration connectTimeout) {
    HttpClient.Builder builder = HttpClient.newBuilder();
    straight(builder);
    return builder.connectTimeout(connectTimeout).executor(threads).build();
  }

  /** For clients of libraries, too: what is asked goes to the server that was named, or nowhere. */
  public static void straight(HttpClient.Builder builder) {
    builder
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(HttpClient.Builder.NO_PROXY);
  }

  private static HttpRequest toJdk(UpstreamRequest request) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(request.uri()).POST(new WholeBody(request.body()));
    for (HeaderLine line : request.headers()) {
      try {
        builder.header(line.name(), line.value());
      } catch (IllegalArgumentException e) {
        // The client's own message would hold the value, which may be a key.
        throw new IllegalStateException(
            "backend " + request.backend() + ": header " + line.name() + " cannot be sent");
      }
    }
    return builder.build();
  }

  private static UpstreamException translated(UpstreamRequest request, Throwable cause) {
    String backend = request.backend();
    return switch (cause) {
      // Only here is it certain that nothing has been sent.
      case HttpConnectTimeoutException e ->
          new UpstreamException.Unreachable(
              backend,
              "no connection within " + request.timeouts().connect().toMillis() + " ms",
              true);
      case ConnectException e -> new UpstreamException.Unreachable(backend, reason(e), false);
      case HttpTimeoutException e ->
          new UpstreamException.FirstByteTimeout(backend, request.timeouts().firstByte());
      case SSLException e -> new UpstreamException.Malformed(backend, "TLS failed", e);
      case ProtocolException e ->
          new UpstreamException.Malformed(backend, "its response is not HTTP/1.1", e);
      case IOException e ->
          new UpstreamException.Closed(backend, "before its response was complete", e);
      default -> throw new IllegalStateException("the HTTP client failed", cause);
    };
  }

  private static String reason(ConnectException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException) {
        return "its host name cannot be resolved";
      }
    }
    return "connection refused";
  }

  @Override
  public void close() {
    clients.values().forEach(HttpClient::shutdownNow);
    threads.shutdownNow();
  }
}
