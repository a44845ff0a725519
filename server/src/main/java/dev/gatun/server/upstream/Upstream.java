package dev.gatun.server.upstream;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
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
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(connectTimeout)
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(HttpClient.Builder.NO_PROXY)
        .executor(threads)
        .build();
  }

  private static HttpRequest toJdk(UpstreamRequest request) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(request.uri()).POST(BodyPublishers.ofByteArray(request.body()));
    request.headers().forEach(line -> builder.header(line.name(), line.value()));
    return builder.build();
  }

  private static UpstreamException translated(UpstreamRequest request, Throwable cause) {
    String backend = request.backend();
    return switch (cause) {
      // No other time limit is given to the client, so this is the one for connecting.
      case HttpTimeoutException e ->
          new UpstreamException.Unreachable(
              backend,
              "no connection within " + request.timeouts().connect().toMillis() + " ms",
              true);
      case ConnectException e -> new UpstreamException.Unreachable(backend, reason(e), false);
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
