package dev.gatun.server.http;

import dev.gatun.router.model.Compatibility;
import dev.gatun.server.observe.RequestMetrics;
import dev.gatun.server.upstream.HeaderLine;
import dev.gatun.server.wire.ApiError;
import dev.gatun.server.wire.ApiException;
import dev.gatun.server.wire.ErrorCode;
import dev.gatun.server.wire.Json;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Everything a data listener answers. Paths are compared without query and without one trailing
 * slash.
 */
public final class DataPlane implements Plane {
  /** Largest request body, in bytes. */
  public static final int BODY_BYTES_MAX = 64 << 20;

  private static final String RETRY_AFTER_SECONDS = "1";
  private static final String MODEL_PREFIX = "/v1/models/";

  private static final Logger LOG = System.getLogger("gatun.http");

  private final Gateways gateways;
  private final Readiness readiness;
  private final MemoryBudget memory;
  private final Deadlines deadlines;
  private final int listener;
  private final ChatService chat;

  /**
   * A plane for one listener.
   *
   * @param gateways never empty while requests come in
   * @param memory shared by everything in the process that reads bodies
   * @param listener index among those of the configuration
   * @param metrics of the whole process
   */
  public DataPlane(
      Gateways gateways,
      Readiness readiness,
      MemoryBudget memory,
      Deadlines deadlines,
      int listener,
      RequestMetrics metrics) {
    this.gateways = gateways;
    this.readiness = readiness;
    this.memory = memory;
    this.deadlines = deadlines;
    this.listener = listener;
    // A body that could never fit is refused for good instead of being asked for again.
    int bodyBytesMax = (int) Math.min(BODY_BYTES_MAX, memory.bytesMax());
    this.chat = new ChatService(listener, bodyBytesMax, metrics);
  }

  @Override
  public boolean draining() {
    return readiness.isDraining();
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    try (Gateways.Use use = gateways.use().orElseThrow();
        MemoryBudget.Lease lease = memory.lease();
        Cancellation cancellation = new Cancellation(deadlines, timeout(use.gateway()))) {
      Exchange exchange = new Exchange(request, response, compatibility(use.gateway()));
      answer(use.gateway(), exchange, cancellation, lease);
    }
  }

  @Override
  public byte[] refusal(ErrorCode code, String message) {
    Compatibility told =
        gateways.current().map(DataPlane::compatibility).orElse(Compatibility.GATUN);
    return ApiError.of(code, message).json(told);
  }

  private static Compatibility compatibility(Gateway at) {
    return at.config().global().router().compatibility();
  }

  private Duration timeout(Gateway at) {
    return at.config().listeners().get(listener).timeout();
  }

  private void answer(
      Gateway at, Exchange exchange, Cancellation cancellation, MemoryBudget.Lease lease) {
    try {
      dispatch(at, exchange, cancellation, lease);
    } catch (ApiException e) {
      cancellation.settle();
      fail(exchange, e.error());
    } catch (InterruptedException e) {
      cancellation.settle();
      interrupted(exchange, cancellation);
    } catch (CloseConnectionException e) {
      throw e;
    } catch (RuntimeException e) {
      unexpected(exchange, cancellation, e);
    }
  }

  private static void fail(Exchange exchange, ApiError error) {
    if (error.code().status() == HttpURLConnection.HTTP_UNAVAILABLE) {
      exchange.fail(error, new HeaderLine("retry-after", RETRY_AFTER_SECONDS));
    } else {
      exchange.fail(error);
    }
  }

  private static void interrupted(Exchange exchange, Cancellation cancellation) {
    boolean late = cancellation.cause().equals(Optional.of(Cancellation.Cause.DEADLINE));
    if (late && !exchange.begun()) {
      exchange.fail(Failures.deadline());
      return;
    }
    throw new CloseConnectionException(late ? "deadline passed" : "the client has gone");
  }

  private static void unexpected(Exchange exchange, Cancellation cancellation, RuntimeException e) {
    if (cancellation.cause().isPresent()) {
      cancellation.settle();
      interrupted(exchange, cancellation);
      return;
    }
    LOG.log(Level.ERROR, "request_failed request_id=" + exchange.id(), e);
    if (exchange.begun()) {
      throw new CloseConnectionException("the request failed after its reply began", e);
    }
    exchange.fail(ApiError.of(ErrorCode.INTERNAL_ERROR, "the request failed; see the server log"));
  }

  private void dispatch(
      Gateway at, Exchange exchange, Cancellation cancellation, MemoryBudget.Lease lease)
      throws InterruptedException {
    String path = exchange.path();
    switch (path) {
      case "/health", "/livez" -> get(exchange, DataPlane::health);
      case "/ready" -> get(exchange, e -> tell(e, readiness.ready()));
      case "/startup-status" -> get(exchange, e -> tell(e, readiness.startup()));
      default -> {
        if (isConversation(path)) {
          exchange.routed(RoutingHeaders.inbound(exchange.client().word(), at.config()));
        }
        if (!at.keys().get(listener).accept(exchange.header("authorization"))) {
          throw new ApiException(
              ErrorCode.INVALID_API_KEY, "send a valid key as 'Authorization: Bearer KEY'");
        }
        api(at, exchange, cancellation, lease);
      }
    }
  }

  /** Where clients are told which protocol they speak, those that err there, too. */
  private static boolean isConversation(String path) {
    return path.equals("/v1/chat/completions") || path.equals("/v1/messages");
  }

  private void api(
      Gateway at, Exchange exchange, Cancellation cancellation, MemoryBudget.Lease lease)
      throws InterruptedException {
    String path = exchange.path();
    switch (path) {
      case "/v1/chat/completions" -> {
        if (allows(Method.POST, exchange)) {
          chat.handle(at, exchange, cancellation, lease);
        }
      }
      case "/v1/models" -> get(exchange, e -> models(at, e));
      case "/v1/messages" -> {
        if (allows(Method.POST, exchange)) {
          throw new ApiException(
              ErrorCode.NOT_IMPLEMENTED,
              "the Messages API is not served by this build; use /v1/chat/completions");
        }
      }
      default -> {
        if (!path.startsWith(MODEL_PREFIX)) {
          throw new ApiException(ErrorCode.NOT_FOUND, "endpoint not found");
        }
        get(exchange, e -> model(at, e));
      }
    }
  }

  private static void get(Exchange exchange, Consumer<Exchange> action) {
    if (allows(Method.GET, exchange)) {
      action.accept(exchange);
    }
  }

  private static boolean allows(Method method, Exchange exchange) {
    boolean allowed = WholeReply.allows(method, exchange.method());
    if (!allowed) {
      exchange.fail(
          ApiError.of(ErrorCode.METHOD_NOT_ALLOWED, "method not allowed; use " + method.text()),
          new HeaderLine("allow", method.text()));
    }
    return allowed;
  }

  private static void health(Exchange exchange) {
    exchange.sendJson(200, Readiness.health("gatun"));
  }

  private static void tell(Exchange exchange, Readiness.Probe probe) {
    exchange.sendJson(probe.status(), probe.json());
  }

  private static void models(Gateway at, Exchange exchange) {
    exchange.sendJson(200, Json.bytes(ModelList.all(at)));
  }

  private static void model(Gateway at, Exchange exchange) {
    String name = exchange.path().substring(MODEL_PREFIX.length());
    ApiError unknown =
        ApiError.of(ErrorCode.MODEL_NOT_FOUND, "the model '" + name + "' does not exist", "model");
    byte[] json =
        ModelList.one(at, name).map(Json::bytes).orElseThrow(() -> new ApiException(unknown));
    exchange.sendJson(200, json);
  }
}
