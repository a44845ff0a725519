package dev.gatun.server.upstream;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A backend's response whose body is read piece by piece. Used by one thread; {@link #close} ends
 * the call and, before the end of the body, the connection.
 */
public final class UpstreamReply implements AutoCloseable {
  private final UpstreamRequest request;
  private final HttpResponse<ReplyBody> response;

  UpstreamReply(UpstreamRequest request, HttpResponse<ReplyBody> response) {
    this.request = request;
    this.response = response;
  }

  public int status() {
    return response.statusCode();
  }

  /** All headers as received, names in lower case. */
  public List<HeaderLine> headers() {
    List<HeaderLine> lines = new ArrayList<>();
    response
        .headers()
        .map()
        .forEach((name, values) ->
            values.forEach(
                value -> lines.add(new HeaderLine(name.toLowerCase(Locale.ROOT), value))));
    return lines;
  }

  public Optional<String> header(String name) {
    return response.headers().firstValue(name);
  }

  /**
   * The next bytes of the body; empty at its end. At most about 16 KiB at a time.
   *
   * @throws UpstreamException when the backend falls silent or the connection fails
   */
  public Optional<ByteBuffer> next() throws UpstreamException, InterruptedException {
    return next(request.timeouts().idle());
  }

  /**
   * The same with another limit.
   *
   * @param limit until the next bytes
   */
  public Optional<ByteBuffer> next(Duration limit) throws UpstreamException, InterruptedException {
    ReplyBody.Next next;
    try {
      next = response.body().next(limit);
    } catch (IOException e) {
      throw new UpstreamException.Closed(request.backend(), "in the middle of its response", e);
    }
    return switch (next) {
      case ReplyBody.Next.Piece(ByteBuffer bytes) -> Optional.of(bytes);
      case ReplyBody.Next.End() -> Optional.empty();
      case ReplyBody.Next.TimedOut() ->
          throw new UpstreamException.IdleTimeout(request.backend(), limit);
    };
  }

  @Override
  public void close() {
    response.body().cancel();
  }
}
