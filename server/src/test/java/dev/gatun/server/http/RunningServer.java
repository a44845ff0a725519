package dev.gatun.server.http;

import dev.gatun.server.GatunServer;
import dev.gatun.server.ServeOptions;
import dev.gatun.server.ServePorts;
import dev.gatun.server.StartException;
import dev.gatun.server.config.ConfigSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/** A whole server on free ports, configured by text, and a client for it. */
public final class RunningServer implements AutoCloseable {

  private final GatunServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private RunningServer(GatunServer server) {
    this.server = server;
  }

  /** Two models, each with one backend; the word "urgent" chooses the second. */
  public static RunningServer over(FakeBackend small, FakeBackend large) {
    return of(standard(small, large));
  }

  /** The text of {@link #over}. */
  public static String standard(FakeBackend small, FakeBackend large) {
    return """
    version: v0.3
    listeners:
      - name: http
        address: 127.0.0.1
        port: 0
        timeout: 20s
    providers:
      defaults:
        default_model: small
      models:
        - name: small
          provider_model_id: acme/small
          timeouts: { connect: 20s, first_byte: 60s, idle: 60s }
          backend_refs:
            - endpoint: 127.0.0.1:%d
        - name: large
          provider_model_id: acme/large
          timeouts: { connect: 20s, first_byte: 60s, idle: 60s }
          backend_refs:
            - endpoint: 127.0.0.1:%d
              api_key: sk-backend
              extra_headers: { x-team: blue }
    routing:
      modelCards:
        - name: small
        - name: large
      signals:
        keywords:
          - name: urgent
            operator: OR
            keywords: [urgent]
      decisions:
        - name: urgent_route
          priority: 10
          rules: { type: keyword, name: urgent }
          modelRefs: [{ model: large, use_reasoning: true }]
    """
        .formatted(small.port(), large.port());
  }

  /** Runs a file that stays, on free ports. */
  public static RunningServer ofFile(Path file) {
    try {
      ServeOptions options =
          ServeOptions.of(new ConfigSource.OfFile(file))
              .withPorts(ServePorts.free())
              .withDrain(Duration.ofSeconds(10));
      return new RunningServer(GatunServer.start(options));
    } catch (StartException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  public static RunningServer of(String yaml) {
    try {
      return start(yaml, Duration.ofSeconds(10));
    } catch (StartException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /** The same with room for only so many bytes of bodies. */
  public static RunningServer withMemory(String yaml, long memoryBytesMax) {
    try {
      return start(yaml, Duration.ofSeconds(10), OptionalInt.of(0), memoryBytesMax);
    } catch (StartException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /** Starts on free ports. */
  public static RunningServer start(String yaml, Duration drain) throws StartException {
    return start(yaml, drain, OptionalInt.of(0));
  }

  /** Starts on the ports that the text names. */
  public static RunningServer startWithOwnPorts(String yaml, Duration drain) throws StartException {
    return start(yaml, drain, OptionalInt.empty());
  }

  private static RunningServer start(String yaml, Duration drain, OptionalInt port)
      throws StartException {
    return start(yaml, drain, port, MemoryBudget.defaultBytes());
  }

  private static RunningServer start(
      String yaml, Duration drain, OptionalInt port, long memoryBytesMax) throws StartException {
    try {
      Path file = Files.createTempFile("gatun", ".yaml");
      try {
        Files.writeString(file, yaml);
        ServeOptions options =
            ServeOptions.of(new ConfigSource.OfFile(file))
                .withPorts(new ServePorts(port, port, OptionalInt.empty()))
                .withMemory(memoryBytesMax)
                .withDrain(drain);
        return new RunningServer(GatunServer.start(options));
      } catch (StartException.InvalidConfig e) {
        StringBuilder all = new StringBuilder();
        e.diagnostics().forEach(d -> all.append(d.render()).append('\n'));
        throw new AssertionError(all.toString(), e);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public GatunServer server() {
    return server;
  }

  public URI data() {
    return server.data().getFirst();
  }

  public RawClient raw() {
    return new RawClient(data());
  }

  public HttpResponse<String> chat(String body, String... headers) throws Exception {
    return post(data().resolve("/v1/chat/completions"), body, headers);
  }

  public HttpResponse<String> manage(String path, String body) throws Exception {
    return post(server.management().resolve(path), body);
  }

  public HttpResponse<String> post(URI uri, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** Replaces something of the management API. */
  public HttpResponse<String> put(String path, String body, String... headers) throws Exception {
    return manage("PUT", path, body, headers);
  }

  /** A request to the management listener. */
  public HttpResponse<String> manage(String method, String path, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.management().resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  public HttpResponse<String> get(URI uri) throws Exception {
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  @Override
  public void close() {
    server.close();
    client.close();
  }
}
