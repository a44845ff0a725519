package dev.gatun.server.external;

import dev.gatun.server.http.FakeBackend;
import dev.gatun.server.http.RunningServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;

/**
 * Two models on real sockets, which name themselves, and an encoder of texts for a router that has
 * none of its own.
 */
record ComparingBackends(FakeBackend small, FakeBackend large, FakeBackend encoder)
    implements AutoCloseable {
  static ComparingBackends with(FakeBackend.Script encoder) {
    return new ComparingBackends(
        FakeBackend.start(call -> call.json(200, "{\"from\":\"small\"}")),
        FakeBackend.start(call -> call.json(200, "{\"from\":\"large\"}")),
        FakeBackend.start(encoder));
  }

  /**
   * A configuration for both models.
   *
   * @param rest from {@code signals} of {@code routing} on; MODELS in it is the folder, ENCODER the
   *     port of the encoder
   * @param models folder without any model
   */
  String config(String rest, Path models) {
    String base = RunningServer.standard(small, large);
    return base.substring(0, base.indexOf("  signals:\n"))
        + rest.replace("MODELS", models.toString())
            .replace("ENCODER", Integer.toString(encoder.port()));
  }

  /** A header of a reply; empty where it has none. */
  static String header(HttpResponse<String> reply, String name) {
    return reply.headers().firstValue(name).orElse("");
  }

  @Override
  public void close() {
    small.close();
    large.close();
    encoder.close();
  }
}
