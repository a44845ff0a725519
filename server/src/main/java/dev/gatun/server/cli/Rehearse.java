package dev.gatun.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.GatunServer;
import dev.gatun.server.ServeOptions;
import dev.gatun.server.ServePorts;
import dev.gatun.server.StartException;
import dev.gatun.server.config.ConfigSource;
import dev.gatun.server.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code gatun rehearse}: starts the starter configuration on free ports, answers requests to
 * itself, and stops. The build runs it so that the classes of a start and of a request go into the
 * JVM's start-up cache; it is also the quickest proof that an installation works.
 */
@Command(
    name = "rehearse",
    description = "Start on free ports, answer a request, stop: proves that this works here.")
final class Rehearse implements Callable<Integer> {
  private final Console console;

  Rehearse(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ServeOptions options =
        ServeOptions.of(new ConfigSource.Starter())
            .withPorts(ServePorts.free())
            .withDrain(Duration.ZERO);
    try (GatunServer server = GatunServer.start(options)) {
      URI data = server.data().getFirst();
      chat(data, false);
      chat(data, true);
      ObjectNode question = Json.object().put("text", "What is a monad?");
      ok(answer(server.management(), "/api/v1/eval", question));
    } catch (StartException e) {
      throw new Failure(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new Failure(ExitStatus.FAILED, "the rehearsal broke off: " + e.getMessage(), e);
    }
    console.say("rehearsed: started, answered three requests, stopped");
    return ExitStatus.OK;
  }

  private static void chat(URI data, boolean stream) throws IOException {
    ObjectNode request = Json.object().put("model", "auto").put("stream", stream);
    request
        .putArray("messages")
        .addObject()
        .put("role", "user")
        .put("content", "Prove that 17 is prime");
    ok(answer(data, "/v1/chat/completions", request));
  }

  private static HttpResponse<InputStream> answer(URI base, String path, ObjectNode request) {
    return RouterClient.post(base.toString(), "--url", path, Json.bytes(request));
  }

  private static void ok(HttpResponse<InputStream> response) throws IOException {
    try (InputStream body = response.body()) {
      byte[] bytes = body.readAllBytes();
      if (response.statusCode() != 200) {
        throw RouterClient.refused(response.uri().toString(), response.statusCode(), bytes);
      }
    }
  }
}
