package dev.gatun.server.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.http.MemoryBudget;
import dev.gatun.server.http.Readiness;
import dev.gatun.server.http.RequestBody;
import dev.gatun.server.http.Sockets;
import dev.gatun.server.wire.ApiError;
import dev.gatun.server.wire.ApiException;
import dev.gatun.server.wire.Chat;
import dev.gatun.server.wire.ErrorCode;
import dev.gatun.server.wire.Json;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/**
 * A stand-in for a language model: a loopback listener that speaks OpenAI chat, JSON and events,
 * and answers by naming itself and repeating what it was asked. It lets a newcomer see routing at
 * work without any real backend.
 */
public final class DemoModel implements AutoCloseable {
  private static final int BODY_BYTES_MAX = 64 << 20;
  private static final int ECHO_CODE_POINTS_MAX = 2_000;
  private static final Duration DRAIN = Duration.ofSeconds(5);

  private final String name;
  private final MemoryBudget memory = new MemoryBudget(MemoryBudget.defaultBytes());
  private final WebServer server;

  private DemoModel(String name) throws Sockets.Unavailable {
    this.name = name;
    this.server = Sockets.open("127.0.0.1", 0, DRAIN, this::handle);
  }

  /** Starts a model on a free port of the loopback address. */
  public static DemoModel start(String name) throws Sockets.Unavailable {
    return new DemoModel(name);
  }

  /** Port on 127.0.0.1. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.stop();
  }

  private JsonNode asked(ServerRequest request) throws JsonProcessingException {
    try (MemoryBudget.Lease lease = memory.lease()) {
      return Json.read(RequestBody.read(request, BODY_BYTES_MAX, lease));
    }
  }

  private void handle(ServerRequest request, ServerResponse response) {
    boolean chat =
        request.path().path().endsWith("/chat/completions")
            && request.prologue().method().equals(Method.POST);
    if (!chat) {
      json(response, 200, Readiness.health(name));
      return;
    }
    try {
      answer(asked(request), response);
    } catch (JsonProcessingException e) {
      fail(response, ApiError.of(ErrorCode.MALFORMED_JSON, "malformed JSON body"));
    } catch (ApiException e) {
      fail(response, e.error());
    }
  }

  private void answer(JsonNode asked, ServerResponse response) {
    DemoAnswer answer = new DemoAnswer(asked.path("model").asText(name), text(asked));
    if (asked.path("stream").asBoolean(false)) {
      boolean usage = asked.path("stream_options").path("include_usage").asBoolean(false);
      stream(response, answer.events(usage));
    } else {
      json(response, 200, answer.completion());
    }
  }

  private String text(JsonNode asked) {
    String question = "";
    for (JsonNode message : asked.path("messages")) {
      if (message.path("role").asText("").equals("user")) {
        question = Chat.text(message.path("content"));
      }
    }
    boolean whole = question.codePointCount(0, question.length()) <= ECHO_CODE_POINTS_MAX;
    String shown =
        whole
            ? question
            : question.substring(0, question.offsetByCodePoints(0, ECHO_CODE_POINTS_MAX)) + "…";
    return "I am " + name + ", a demo model inside Gatun. You asked: " + shown;
  }

  private static void fail(ServerResponse response, ApiError error) {
    json(response, error.code().status(), error.json());
  }

  private static void json(ServerResponse response, int status, byte[] body) {
    response.status(Status.create(status));
    response.headers().set(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(body);
  }

  private static void stream(ServerResponse response, List<byte[]> events) {
    response.headers().set(HeaderNames.CONTENT_TYPE, "text/event-stream");
    try (OutputStream out = response.outputStream()) {
      for (byte[] event : events) {
        out.write(event);
        out.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the client of a demo model has gone", e);
    }
  }
}
