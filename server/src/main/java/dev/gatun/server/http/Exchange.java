package dev.gatun.server.http;

import dev.gatun.router.model.Compatibility;
import dev.gatun.server.upstream.HeaderLine;
import dev.gatun.server.wire.ApiError;
import dev.gatun.server.wire.Protocol;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One request and its reply on the data plane; used by the request's thread only. */
final class Exchange {
  /** Where a reply comes from, as {@code x-vsr-response-path} says. */
  enum Path {
    UPSTREAM("upstream"),
    LOCAL("local"),
    ERROR("error");

    private final String word;

    Path(String word) {
      this.word = word;
    }
  }

  private static final String SCHEMA_VERSION = "1";

  private final ServerRequest request;
  private final ServerResponse response;
  private final String id;
  private final Compatibility compatibility;
  private final List<HeaderLine> routing = new ArrayList<>();
  private boolean begun;

  /**
   * An exchange.
   *
   * @param compatibility in whose words errors are told
   */
  Exchange(ServerRequest request, ServerResponse response, Compatibility compatibility) {
    this.compatibility = compatibility;
    this.request = request;
    this.response = response;
    this.id = RequestIds.of(header("x-request-id"));
  }

  ServerRequest request() {
    return request;
  }

  String id() {
    return id;
  }

  Method method() {
    return request.prologue().method();
  }

  /** Path without query and without one trailing slash, decoded. */
  String path() {
    String path = request.path().path();
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** The API that the client speaks, by where it asks. */
  Protocol client() {
    return path().startsWith("/v1/messages") ? Protocol.ANTHROPIC : Protocol.OPENAI;
  }

  Optional<String> header(String name) {
    return request.headers().first(HeaderNames.create(name));
  }

  /** Adds headers that every reply from here on carries, errors included. */
  void routed(List<HeaderLine> headers) {
    routing.addAll(headers);
  }

  /** Whether bytes of the reply have been sent. */
  boolean begun() {
    return begun;
  }

  void send(int status, List<HeaderLine> headers, byte[] body, Path path) {
    head(status, headers, path);
    begun = true;
    WholeReply.send(request, response, body);
  }

  void sendJson(int status, byte[] json) {
    send(status, List.of(new HeaderLine("content-type", "application/json")), json, Path.LOCAL);
  }

  void fail(ApiError error, HeaderLine... extra) {
    List<HeaderLine> headers = new ArrayList<>(List.of(extra));
    headers.add(new HeaderLine("content-type", "application/json"));
    byte[] body = error.json(compatibility, client(), id);
    send(error.code().status(), headers, body, Path.ERROR);
  }

  /** An error as the last event of a stream that has begun. */
  byte[] event(ApiError error) {
    return error.event(compatibility);
  }

  /** Begins a reply of unknown length; headers leave with the first flush. */
  OutputStream stream(int status, List<HeaderLine> headers) {
    head(status, headers, Path.UPSTREAM);
    begun = true;
    return response.outputStream();
  }

  private void head(int status, List<HeaderLine> headers, Path path) {
    response.status(Status.create(status));
    headers.forEach(this::add);
    routing.forEach(this::set);
    set(new HeaderLine("x-request-id", id));
    set(new HeaderLine("x-vsr-response-path", path.word));
    set(new HeaderLine("x-vsr-schema-version", SCHEMA_VERSION));
  }

  private void set(HeaderLine line) {
    response.headers().set(HeaderNames.create(line.name()), line.value());
  }

  private void add(HeaderLine line) {
    response.headers().add(HeaderValues.create(line.name(), line.value()));
  }
}
