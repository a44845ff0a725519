package dev.gatun.server.manage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.http.Gateway;
import dev.gatun.server.http.Gateways;
import dev.gatun.server.http.MemoryBudget;
import dev.gatun.server.http.ModelList;
import dev.gatun.server.http.Plane;
import dev.gatun.server.http.Readiness;
import dev.gatun.server.http.RequestBody;
import dev.gatun.server.http.WholeReply;
import dev.gatun.server.observe.RequestMetrics;
import dev.gatun.server.wire.ApiException;
import dev.gatun.server.wire.ErrorCode;
import dev.gatun.server.wire.Json;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything the management listener answers. It is bound to loopback and only the routes listed
 * here exist; what is not listed is refused, whoever asks.
 */
public final class ManagementPlane implements Plane {
  private static final int BODY_BYTES_MAX = 10 << 20;
  private static final Logger LOG = System.getLogger("gatun.manage");

  private final Gateways gateways;
  private final Readiness readiness;
  private final Supplier<Optional<ObjectNode>> models;
  private final LocalCallers callers;
  private final MemoryBudget memory;
  private final RequestMetrics metrics;
  private final List<Route> routes;

  /**
   * The management API.
   *
   * @param gateways the configuration at work, empty until models are loaded
   * @param models the answer of {@code /info/models}, empty until models are loaded
   * @param memory shared by everything in the process that reads bodies
   * @param metrics of the whole process
   */
  public ManagementPlane(
      Gateways gateways,
      Readiness readiness,
      Supplier<Optional<ObjectNode>> models,
      Configurations configurations,
      LocalCallers callers,
      MemoryBudget memory,
      RequestMetrics metrics) {
    this.gateways = gateways;
    this.readiness = readiness;
    this.models = models;
    this.callers = callers;
    this.memory = memory;
    this.metrics = metrics;
    this.routes =
        Stream.of(
                routes(),
                new ConfigRoutes(configurations, memory).all(),
                new RecipeRoutes(configurations).all())
            .flatMap(List::stream)
            .toList();
  }

  private List<Route> routes() {
    return List.of(
        new Route(Method.GET, "/health", "Is the process alive", r -> health()),
        new Route(Method.GET, "/livez", "Is the process alive", r -> health()),
        new Route(Method.GET, "/ready", "Are requests answered", r -> reply(readiness.ready())),
        new Route(
            Method.GET,
            "/startup-status",
            "How far the start has come",
            r -> reply(readiness.startup())),
        new Route(
            Method.GET, "/metrics", "What became of requests, for Prometheus", r -> metrics()),
        new Route(Method.GET, "/api/v1", "This list", r -> Reply.ok(discovery())),
        new Route(Method.GET, "/info/models", "Models of this process", r -> models()),
        new Route(Method.GET, "/v1/models", "Models a client may ask for", r -> modelList()),
        new Route(
            Method.POST,
            "/api/v1/eval",
            "Dry run: signals, decision and model of a text, messages or chat request",
            this::eval),
        new Route(
            Method.POST,
            "/api/v1/explain",
            "The same, and which signals, decision, algorithm, model, plugins, configuration, cost",
            this::explain));
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    try {
      callers.check(request.headers());
      Route route = route(request, response);
      route.action().answer(request).send(request, response);
    } catch (ManageException e) {
      Reply.of(e).send(request, response);
    } catch (ApiException e) {
      ErrorCode code = e.error().code();
      if (code.status() == HttpURLConnection.HTTP_UNAVAILABLE) {
        response.headers().set(HeaderNames.RETRY_AFTER, "1");
      }
      new Reply(code.status(), problem(code, e.error().message())).send(request, response);
    } catch (CloseConnectionException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "request_failed plane=management", e);
      byte[] body = problem(ErrorCode.INTERNAL_ERROR, "failed; see the server log");
      new Reply(500, body).send(request, response);
    }
  }

  @Override
  public byte[] refusal(ErrorCode code, String message) {
    return Reply.line(problem(code, message));
  }

  private static byte[] problem(ErrorCode code, String message) {
    String word =
        switch (code.status()) {
          case 400 -> "INVALID_INPUT";
          case 413 -> "REQUEST_BODY_TOO_LARGE";
          default -> code.name();
        };
    return Json.bytes(new ManageException(code.status(), word, message).json());
  }

  private Route route(ServerRequest request, ServerResponse response) {
    String written = request.path().path();
    String path =
        written.length() > 1 && written.endsWith("/")
            ? written.substring(0, written.length() - 1)
            : written;
    List<Route> found = routes.stream().filter(route -> route.leads(path)).toList();
    if (found.isEmpty()) {
      throw new ManageException(404, "NOT_FOUND", "no such endpoint; GET /api/v1 lists them");
    }
    return found.stream()
        .filter(route -> WholeReply.allows(route.method(), request.prologue().method()))
        .findFirst()
        .orElseThrow(() -> {
          String allowed =
              found.stream().map(other -> other.method().text()).collect(Collectors.joining(", "));
          response.headers().set(HeaderNames.ALLOW, allowed);
          return new ManageException(405, "METHOD_NOT_ALLOWED", "use " + allowed);
        });
  }

  private static Reply health() {
    return new Reply(200, Readiness.health("classification-api"));
  }

  private static Reply reply(Readiness.Probe probe) {
    return new Reply(probe.status(), probe.json());
  }

  private Reply metrics() {
    return new Reply(200, metrics.text(), RequestMetrics.CONTENT_TYPE);
  }

  private Reply models() {
    return Reply.ok(models.get().orElseThrow(ManageException::notReady));
  }

  private Reply modelList() {
    try (Gateways.Use use = gateways.use().orElseThrow(ManageException::notReady)) {
      return Reply.ok(ModelList.all(use.gateway()));
    }
  }

  private Reply eval(ServerRequest request) {
    JsonNode asked = asked(request);
    boolean trace = request.query().first("trace").map(ManagementPlane::flag).orElse(false);
    try (Gateways.Use use = gateways.use().orElseThrow(ManageException::notReady)) {
      return Reply.ok(evaluator(use.gateway()).evaluate(asked, trace));
    }
  }

  private static boolean flag(String written) {
    return switch (written) {
      case "true" -> true;
      case "false" -> false;
      default -> throw ManageException.invalid("trace must be true or false");
    };
  }

  private Reply explain(ServerRequest request) {
    JsonNode asked = asked(request);
    try (Gateways.Use use = gateways.use().orElseThrow(ManageException::notReady)) {
      return Reply.ok(evaluator(use.gateway()).explain(asked));
    }
  }

  private JsonNode asked(ServerRequest request) {
    try (MemoryBudget.Lease lease = memory.lease()) {
      return Json.read(RequestBody.read(request, BODY_BYTES_MAX, lease));
    } catch (JsonProcessingException e) {
      throw ManageException.invalid("the body is not valid JSON");
    }
  }

  private static Evaluator evaluator(Gateway at) {
    return new Evaluator(at.config(), at.configHash(), at.router());
  }

  private ObjectNode discovery() {
    ObjectNode root = Json.object();
    root.put("service", "gatun");
    root.put("version", "v1");
    root.put("description", "Management API of the Gatun semantic router");
    ArrayNode endpoints = root.putArray("endpoints");
    for (Route route : routes) {
      endpoints
          .addObject()
          .put("path", route.path())
          .put("method", route.method().text())
          .put("description", route.description());
    }
    root.putArray("task_types");
    root.putObject("links")
        .put("eval", "/api/v1/eval")
        .put("explain", "/api/v1/explain")
        .put("models", "/info/models");
    return root;
  }
}
