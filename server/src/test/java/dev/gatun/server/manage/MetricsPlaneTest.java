package dev.gatun.server.manage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.server.GatunServer;
import dev.gatun.server.ServeOptions;
import dev.gatun.server.ServePorts;
import dev.gatun.server.config.ConfigSource;
import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.http.RunningServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The listener of {@code --metrics-port}. */
class MetricsPlaneTest {
  @TempDir private Path folder;

  @Test
  void metricsHaveAListenerOfTheirOwn() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (FakeBackend backend = FakeBackend.start(call -> call.json(200, "{}"));
        GatunServer server = GatunServer.start(options(backend, OptionalInt.of(port)));
        HttpClient client = HttpClient.newHttpClient()) {
      URI at = server.metrics().orElseThrow();
      assertEquals(URI.create("http://127.0.0.1:" + port + "/metrics"), at);
      HttpResponse<String> told = get(client, at);
      assertEquals(200, told.statusCode());
      assertTrue(told.body().contains("# TYPE "), told.body());
      HttpResponse<String> other = get(client, at.resolve("/api/v1"));
      assertEquals(404, other.statusCode(), other.body());
      assertTrue(other.body().contains("NOT_FOUND"), other.body());
    }
  }

  @Test
  void withoutAPortThereIsNone() throws Exception {
    try (FakeBackend backend = FakeBackend.start(call -> call.json(200, "{}"));
        GatunServer server = GatunServer.start(options(backend, OptionalInt.of(0)))) {
      assertEquals(Optional.empty(), server.metrics());
    }
  }

  private ServeOptions options(FakeBackend backend, OptionalInt metrics) throws Exception {
    Path file =
        Files.writeString(folder.resolve("config.yaml"), RunningServer.standard(backend, backend));
    return ServeOptions.of(new ConfigSource.OfFile(file))
        .withPorts(new ServePorts(OptionalInt.of(0), OptionalInt.of(0), metrics))
        .withDrain(Duration.ofSeconds(1));
  }

  private static HttpResponse<String> get(HttpClient client, URI at) throws Exception {
    return client.send(HttpRequest.newBuilder(at).build(), BodyHandlers.ofString());
  }
}
