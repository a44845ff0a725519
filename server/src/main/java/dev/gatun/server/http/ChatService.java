package dev.gatun.server.http;

import dev.gatun.router.config.GlobalSettings;
import dev.gatun.router.config.Listener;
import dev.gatun.router.config.Providers.ApiFormat;
import dev.gatun.router.config.Providers.Backend;
import dev.gatun.router.config.RouterConfig.Serving;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.Identity;
import dev.gatun.router.pipeline.Outcome;
import dev.gatun.router.pipeline.Reasoning;
import dev.gatun.router.pipeline.RouteRequest;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.router.text.TokenEstimate;
import dev.gatun.server.observe.RequestMetrics;
import dev.gatun.server.upstream.HeaderLine;
import dev.gatun.server.upstream.UpstreamException;
import dev.gatun.server.upstream.UpstreamReply;
import dev.gatun.server.wire.ApiError;
import dev.gatun.server.wire.ApiException;
import dev.gatun.server.wire.ChatRequest;
import dev.gatun.server.wire.ErrorCode;
import dev.gatun.server.wire.SessionKey;
import dev.gatun.server.wire.Usage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** {@code POST /v1/chat/completions}: read, route, call a backend, relay. */
final class ChatService {
  private static final Logger LOG = System.getLogger("gatun.chat");

  private final int listener;
  private final int bodyBytesMax;
  private final RequestMetrics metrics;

  /**
   * The service at one listener.
   *
   * @param listener index among those of the configuration
   */
  ChatService(int listener, int bodyBytesMax, RequestMetrics metrics) {
    this.listener = listener;
    this.bodyBytesMax = bodyBytesMax;
    this.metrics = metrics;
  }

  void handle(
      Gateway snapshot, Exchange exchange, Cancellation cancellation, MemoryBudget.Lease lease)
      throws InterruptedException {
    ClientConnection client = ClientConnection.CURRENT.get();
    ChatRequest chat = ChatRequest.parse(body(exchange, cancellation, lease));
    client.watch(() -> cancellation.cancel(Cancellation.Cause.CLIENT_GONE));
    try {
      Chosen chosen = chosen(snapshot, exchange, chat);
      forward(snapshot, new Call(exchange, cancellation, lease), chat, chosen);
    } finally {
      client.unwatch();
    }
  }

  private byte[] body(Exchange exchange, Cancellation cancellation, MemoryBudget.Lease lease) {
    try {
      return RequestBody.read(exchange.request(), bodyBytesMax, lease);
    } catch (ApiException e) {
      throw e;
    } catch (RuntimeException e) {
      if (cancellation.cause().isEmpty()) {
        throw e;
      }
      throw new ApiException(ErrorCode.REQUEST_TIMEOUT, "the request body did not arrive in time");
    }
  }

  /**
   * Who answers.
   *
   * @param model logical name
   */
  private record Chosen(String model, Reasoning reasoning) {}

  private Chosen chosen(Gateway gateway, Exchange exchange, ChatRequest chat)
      throws InterruptedException {
    String key = SessionKey.of(exchange::header, exchange.id());
    GlobalSettings settings = gateway.config().global();
    Listener door = gateway.config().listeners().get(listener);
    Identity identity = Callers.identity(exchange.request().headers(), door, settings);
    Routed routed =
        gateway
            .router()
            .route(
                new RouteRequest(
                    chat.conversation(), identity, chat.model(), chat.answerTokens(), key, false));
    if (!routed.signals().isWithdrawn()) {
      metrics.add(routed);
    }
    exchange.routed(RoutingHeaders.of(routed, gateway.config()));
    exchange.routed(debug(gateway, exchange, routed));
    Reasoning reasoning = Reasoning.of(routed.outcome(), gateway.config());
    return new Chosen(model(routed.outcome()), reasoning);
  }

  private static String model(Outcome outcome) throws InterruptedException {
    return switch (outcome) {
      case Outcome.Selected selected -> selected.model();
      case Outcome.Kept(String model) -> model;
      case Outcome.UnknownModel(String requested, List<String> near) ->
          throw unknown(requested, near);
      case Outcome.Denied(String reason) ->
          throw new ApiException(ErrorCode.PERMISSION_DENIED, reason);
      case Outcome.NoModel none -> throw noModel(none);
      case Outcome.Withdrawn() ->
          throw new InterruptedException("nobody waits for the request any more");
      case Outcome.Overloaded(String reason) ->
          throw new ApiException(ErrorCode.OVERLOADED, reason);
      case Outcome.TooLarge(String reason) ->
          throw new ApiException(ErrorCode.REQUEST_TOO_LARGE, reason);
      case Outcome.Refused(String reason) ->
          throw new ApiException(ErrorCode.MODEL_NOT_READY, reason);
    };
  }

  /** What a client that looks for a fault is told besides. */
  private static List<HeaderLine> debug(Gateway gateway, Exchange exchange, Routed routed) {
    if (!exchange.header("x-vsr-debug").map("true"::equals).orElse(false)) {
      return List.of();
    }
    HeaderLine hash = new HeaderLine("x-vsr-config-hash", gateway.configHash());
    return switch (gateway.config().global().router().responseHeaders()) {
      case NONE -> List.of();
      case MINIMAL -> List.of(hash);
      case FULL -> List.of(hash, RoutingHeaders.explained(routed));
    };
  }

  /** A client's request as the relay needs it. */
  private record Call(Exchange exchange, Cancellation cancellation, MemoryBudget.Lease lease) {}

  private void forward(Gateway gateway, Call call, ChatRequest chat, Chosen chosen)
      throws InterruptedException {
    Exchange exchange = call.exchange;
    String model = chosen.model;
    Serving served = gateway.config().serving(model).orElseThrow(() -> unknown(model, List.of()));
    if (served.model().apiFormat() != ApiFormat.OPENAI) {
      throw new ApiException(
          ErrorCode.NOT_IMPLEMENTED,
          "model " + model + " has an api_format that this build does not speak; use openai");
    }
    if (served.model().backends().isEmpty()) {
      throw new ApiException(
          ErrorCode.UPSTREAM_CONNECT_ERROR, "model " + model + " has no backend_refs");
    }
    List<HeaderLine> headers =
        headers(exchange, chat, model, gateway.config().global().authz().identityHeaders());
    try (UpstreamReply reply =
        gateway
            .backends()
            .call(served.model(), headers, backend -> body(chat, served, chosen, backend))) {
      boolean hideUsage = chat.stream() && !chat.usageWanted();
      Consumer<Usage> counted =
          usage -> {
            learn(gateway, chat, model, usage.promptTokens())
                .forEach(learned ->
                    metrics.calibrated(
                        learned.category(), learned.ratio(), learned.errorPercent()));
            metrics.add(model, served.model().pricing(), usage);
          };
      new Relay(exchange, call.cancellation, call.lease, reply, hideUsage, counted).run();
    } catch (UpstreamException e) {
      LOG.log(Level.WARNING, () -> failed(exchange, e));
      throw new ApiException(Failures.of(e));
    }
  }

  private static byte[] body(ChatRequest chat, Serving served, Chosen chosen, Backend backend) {
    return chat.forwarded(
        served.nameAt(backend),
        chosen.reasoning.changes(
            chat.hasReasoningEffort(), Reasoning.isOpenAi(backend.provider(), backend.target())));
  }

  /** Texts alone tell how many bytes make a token; what a picture costs they do not tell. */
  private static List<LearnedTokens.Learned> learn(
      Gateway gateway, ChatRequest chat, String model, long tokens) {
    if (!chat.isTextOnly()) {
      return List.of();
    }
    List<String> sent = Facts.of(chat.conversation()).contextTexts(Compatibility.GATUN);
    return gateway.tokens().learn(model, TokenEstimate.bytes(sent), tokens);
  }

  private static String failed(Exchange exchange, UpstreamException e) {
    String cause = e.getCause() == null ? "" : " cause=\"" + e.getCause() + '"';
    return "upstream_failed request_id="
        + exchange.id()
        + " reason=\""
        + e.getMessage()
        + '"'
        + cause;
  }

  private static List<HeaderLine> headers(
      Exchange exchange, ChatRequest chat, String model, Set<String> withheld) {
    List<HeaderLine> lines =
        new ArrayList<>(ForwardedHeaders.upstream(exchange.request().headers(), withheld));
    lines.add(new HeaderLine("x-request-id", exchange.id()));
    lines.add(new HeaderLine("x-selected-model", RoutingHeaders.printable(model)));
    // Events are read on the way, so they must not be compressed.
    if (chat.stream()) {
      lines.add(new HeaderLine("accept-encoding", "identity"));
    } else {
      exchange
          .header("accept-encoding")
          .ifPresent(value -> lines.add(new HeaderLine("accept-encoding", value)));
    }
    return lines;
  }

  private static ApiException unknown(String model, List<String> near) {
    String hint = near.isEmpty() ? "" : "; did you mean " + String.join(", ", near) + "?";
    return new ApiException(
        ApiError.of(
            ErrorCode.MODEL_NOT_FOUND, "the model '" + model + "' does not exist" + hint, "model"));
  }

  private static ApiException noModel(Outcome.NoModel none) {
    return new ApiException(ApiError.of(ErrorCode.MODEL_NOT_FOUND, none.reason(), "model"));
  }
}
