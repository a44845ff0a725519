package dev.gatun.server.manage;

import dev.gatun.server.http.Plane;
import dev.gatun.server.http.WholeReply;
import dev.gatun.server.observe.RequestMetrics;
import dev.gatun.server.wire.ErrorCode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** A listener with {@code /metrics} and nothing else, for whoever may read no more than that. */
public final class MetricsPlane implements Plane {
  /** The one path there is. */
  public static final String PATH = "/metrics";

  private final LocalCallers callers;
  private final RequestMetrics metrics;

  /**
   * A listener of metrics.
   *
   * @param metrics of the whole process
   */
  public MetricsPlane(LocalCallers callers, RequestMetrics metrics) {
    this.callers = callers;
    this.metrics = metrics;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    Reply reply;
    try {
      callers.check(request.headers());
      reply = answer(request, response);
    } catch (ManageException e) {
      reply = Reply.of(e);
    }
    reply.send(request, response);
  }

  private Reply answer(ServerRequest request, ServerResponse response) {
    if (!request.path().path().equals(PATH)) {
      throw new ManageException(404, "NOT_FOUND", "this listener has " + PATH + " alone");
    }
    if (!WholeReply.allows(Method.GET, request.prologue().method())) {
      response.headers().set(HeaderNames.ALLOW, Method.GET.text());
      throw new ManageException(405, "METHOD_NOT_ALLOWED", "use " + Method.GET.text());
    }
    return new Reply(200, metrics.text(), RequestMetrics.CONTENT_TYPE);
  }

  @Override
  public byte[] refusal(ErrorCode code, String message) {
    return Reply.line(Reply.of(new ManageException(code.status(), code.name(), message)).body());
  }
}
