package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.decision.Explanation;
import dev.gatun.router.decision.Explanation.Trace;
import dev.gatun.router.decision.Retention;
import dev.gatun.router.decision.Verdict.Winner;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.ModelRef;
import dev.gatun.router.pipeline.Breadth;
import dev.gatun.router.pipeline.Outcome;
import dev.gatun.router.pipeline.Reasoning;
import dev.gatun.router.pipeline.RouteRequest;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.FamilyRun;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.server.wire.Json;
import dev.gatun.server.wire.Loss;
import dev.gatun.server.wire.Protocol;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Dry runs: routes a request without calling a model and reports everything that was found. The
 * same object answers {@code POST /api/v1/eval} and the offline command.
 */
public final class Evaluator {
  /** Member of an answer: whether the data plane would answer 503 or 413 and ask nobody. */
  public static final String REFUSED = "refused";

  private final RouterConfig config;
  private final String configHash;
  private final Router router;

  /**
   * An evaluator.
   *
   * @param configHash names the configuration in answers
   */
  public Evaluator(RouterConfig config, String configHash, Router router) {
    this.config = config;
    this.configHash = configHash;
    this.router = router;
  }

  /**
   * Evaluates one request.
   *
   * @param body {@code text}, {@code messages}, or a whole body of Chat Completions or Messages
   * @param traced whether to add how every decision was judged; the body may ask for it, too
   * @throws ManageException 400 when there is nothing to evaluate
   */
  public ObjectNode evaluate(JsonNode body, boolean traced) {
    return answer(EvalRequest.of(body, config.global().router().compatibility()), traced).json;
  }

  /**
   * The same with a trace and with the answers to what an operator asks: which signals, decision,
   * algorithm, model, plugins and configuration, and what it costs.
   *
   * @throws ManageException 400 when there is nothing to evaluate
   */
  public ObjectNode explain(JsonNode body) {
    Compatibility compatibility = config.global().router().compatibility();
    Answered answered = answer(EvalRequest.of(body, compatibility), true);
    ObjectNode json = answered.json;
    long answer = answered.request.answerTokens();
    json.set("explanation", ExplainWords.of(config, answered.routed, json, answer));
    return json;
  }

  /** What came of a request, and how it is told. */
  private record Answered(EvalRequest request, Routed routed, ObjectNode json) {}

  private Answered answer(EvalRequest request, boolean traced) {
    boolean trace = traced || request.options().trace();
    Routed routed =
        router.route(
            new RouteRequest(
                request.conversation(),
                request.identity(config.global().authz()),
                request.model(),
                request.answerTokens(),
                request.key(),
                trace,
                breadth(request.options(), trace)));
    ObjectNode root = Json.object();
    String evaluated = Facts.of(request.conversation()).evaluationText();
    root.put("original_text", evaluated);
    request.protocol().ifPresent(protocol -> protocol(protocol, request.losses(), root));
    routed
        .signals()
        .compressed()
        .ifPresent(c -> root.set("prompt_compression", CompressionWords.of(c, trace)));
    decision(routed, root.putObject("decision_result"));
    routed.explanation().ifPresent(e -> trace(e, root.putArray("eval_trace")));
    root.set("projection_scores", ProjectionWords.scores(routed.projections()));
    if (trace) {
      root.set("projection_trace", ProjectionWords.trace(routed.projections()));
      root.set("signal_trace", EvidenceWords.of(routed.signals()));
      root.set("classifier_trace", EvidenceWords.classifiers(routed.signals(), evaluated));
      root.put("recipe", routed.profile().name());
      plans(
          router.encoderPlans(request.conversation(), request.model()),
          root.putArray("encoder_plans"));
    }
    recommended(routed).forEach(root.withArray("recommended_models")::add);
    winner(routed).ifPresent(winner -> root.put("routing_decision", winner.decision().name()));
    selection(routed.outcome(), request.model(), root);
    if (isRefused(routed.outcome())) {
      root.put(REFUSED, true);
    }
    Reasoning.of(routed.outcome(), config)
        .effort()
        .ifPresent(effort -> root.put("reasoning_effort", effort));
    signals(routed.signals(), root);
    if (config.global().router().lazySignals()) {
      ArrayNode skipped = root.putArray("skipped_signals");
      routed.signals().skipped().forEach(family -> skipped.add(family.type()));
    }
    request.options().unused().forEach(root.withArray("options_unused")::add);
    timing(routed, root);
    root.put("config_hash", configHash);
    return new Answered(request, routed, root);
  }

  private static Breadth breadth(EvalOptions options, boolean trace) {
    if (options.everything()) {
      return Breadth.EVERYTHING;
    }
    return trace ? Breadth.PROJECTED : Breadth.NEEDED;
  }

  /** By which API the messages came, and what of them signals do not see. */
  private static void protocol(Protocol protocol, List<Loss> losses, ObjectNode root) {
    root.put("client_protocol", protocol.word());
    if (!losses.isEmpty()) {
      ArrayNode warnings = root.putArray("protocol_warnings");
      losses.forEach(loss -> warnings.add(loss.toString()));
    }
  }

  private static void decision(Routed routed, ObjectNode to) {
    SignalHits hits = routed.signals();
    Set<SignalKey> matched = new LinkedHashSet<>();
    hits.matched().forEach(hit -> matched.add(hit.key()));
    Set<Family> evaluated = new LinkedHashSet<>();
    hits.runs().forEach(run -> evaluated.add(run.family()));
    List<SignalKey> unmatched =
        configured(routed)
            .filter(key -> evaluated.contains(key.family()) && !matched.contains(key))
            .toList();
    Optional<Winner> winner = winner(routed);
    to.put("decision_name", winner.map(w -> w.decision().name()).orElse(""));
    winner.ifPresent(w -> to.put("confidence", w.confidence()));
    winner.ifPresent(w -> to.put("decided_by", SignalWords.word(w.decidedBy())));
    List<SignalKey> used =
        winner.map(w -> w.decision().rule().keys().distinct().toList()).orElse(List.of());
    winner
        .flatMap(w -> w.decision().retention())
        .ifPresent(retention -> to.set("retention", retention(retention)));
    winner
        .map(w -> w.decision().plugins())
        .filter(plugins -> !plugins.isEmpty())
        .ifPresent(plugins -> plugins.forEach(to.putArray("plugins")::add));
    to.set("used_signals", SignalWords.grouped(used));
    to.set("matched_signals", SignalWords.grouped(matched));
    to.set("unmatched_signals", SignalWords.grouped(unmatched));
  }

  private static ObjectNode retention(Retention retention) {
    ObjectNode to = Json.object().put("drop", retention.drop());
    retention.ttlTurns().ifPresent(turns -> to.put("ttl_turns", turns));
    to.put("keep_current_model", retention.keepCurrentModel());
    return to.put("prefer_prefix_retention", retention.preferPrefixRetention());
  }

  private static Stream<SignalKey> configured(Routed routed) {
    return routed.profile().routing().signals().outputs().stream().distinct();
  }

  private static Optional<Winner> winner(Routed routed) {
    return routed.verdict().winner();
  }

  private static boolean isRefused(Outcome outcome) {
    return outcome instanceof Outcome.Refused
        || outcome instanceof Outcome.Overloaded
        || outcome instanceof Outcome.TooLarge;
  }

  private Set<String> recommended(Routed routed) {
    Set<String> names = new LinkedHashSet<>();
    if (isRefused(routed.outcome())) {
      return names;
    }
    winner(routed).map(Winner::decision).stream()
        .flatMap(decision -> decision.candidates().stream())
        .map(ModelRef::servedName)
        .forEach(names::add);
    if (names.isEmpty()) {
      config.providers().defaultModel().ifPresent(names::add);
    }
    return names;
  }

  private static void selection(Outcome outcome, String requested, ObjectNode to) {
    switch (outcome) {
      case Outcome.Selected selected -> {
        String method = selected.method().isEmpty() ? "default" : selected.method();
        to.put("selected_model", selected.model()).put("selection_method", method);
        selected.candidate().flatMap(ModelRef::reasoning).ifPresent(r -> to.put("reasoning", r));
        if (!selected.notes().isEmpty()) {
          selected.notes().forEach(to.putArray("selection_notes")::add);
        }
      }
      case Outcome.Kept(String model) ->
          to.put("selected_model", model).put("selection_method", "requested");
      case Outcome.UnknownModel(String name, List<String> near) -> {
        to.put("selection_error", "the model '" + name + "' does not exist");
        near.forEach(to.putArray("near_models")::add);
      }
      case Outcome.Denied(String reason) -> to.put("selection_error", reason);
      case Outcome.Refused(String reason) -> to.put("selection_error", reason);
      case Outcome.Overloaded(String reason) -> to.put("selection_error", reason);
      case Outcome.TooLarge(String reason) -> to.put("selection_error", reason);
      case Outcome.Withdrawn() -> to.put("selection_error", "the request was withdrawn");
      case Outcome.NoModel none -> to.put("selection_error", none.reason());
    }
    to.put("requested_model", requested);
  }

  private void signals(SignalHits hits, ObjectNode root) {
    ObjectNode metrics = root.putObject("metrics");
    for (FamilyRun run : hits.runs()) {
      double surest =
          hits.matched(run.family()).stream()
              .mapToDouble(SignalHits.Hit::confidence)
              .max()
              .orElse(0);
      ObjectNode metric = metrics.putObject(run.family().type());
      metric
          .put("execution_time_ms", milliseconds(run.nanos()))
          .put("confidence", run.confidence().orElse(surest));
      if (run.coverage().present() > 0) {
        metric.put("tokens_read", run.coverage().read());
        metric.put("tokens_present", run.coverage().present());
      }
    }
    ObjectNode confidences = root.putObject("signal_confidences");
    // Upstream writes no confidence of the default of a partition: it counts as certain.
    boolean upstream = config.global().router().compatibility() == Compatibility.UPSTREAM_0_3;
    hits.matched().stream()
        .filter(hit -> !upstream || hit.confidence() > 0)
        .forEach(hit -> confidences.put(hit.key().toString(), hit.confidence()));
    ObjectNode values = root.putObject("signal_values");
    hits.values().entrySet().stream()
        .sorted((a, b) -> a.getKey().toString().compareTo(b.getKey().toString()))
        .forEach(entry -> values.put(entry.getKey().toString(), entry.getValue()));
    ArrayNode degraded = root.putArray("degraded_signals");
    for (FamilyRun run : hits.degraded()) {
      degraded
          .addObject()
          .put("signal_type", run.family().type())
          .put("reason", run.degraded().orElse(""))
          .put("on_failure", run.onFailure().word());
    }
  }

  private static void timing(Routed routed, ObjectNode root) {
    root.put("routing_time_ms", milliseconds(routed.nanos()));
    List<FamilyRun> runs = routed.signals().runs();
    root.put("tokens", runs.stream().mapToInt(run -> run.coverage().read()).sum());
  }

  /** Milliseconds to the microsecond. */
  private static double milliseconds(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }

  private static void trace(Explanation explanation, ArrayNode to) {
    for (Explanation.Judged judged : explanation.decisions()) {
      ObjectNode item = to.addObject();
      item.put("decision_name", judged.decision());
      item.put("matched", judged.matched());
      item.put("confidence", judged.confidence());
      item.set("root_trace", node(judged.root()));
    }
  }

  private static void plans(List<EncoderPlan> plans, ArrayNode to) {
    for (EncoderPlan plan : plans) {
      ObjectNode item = to.addObject().put("model", plan.model());
      plan.signals().forEach(item.withArray("signals")::add);
      item.put("plan", plan.plan()).put("layers", plan.layers()).put("rows", plan.rows());
      item.put("layer_passes", plan.passes()).put("layer_passes_alone", plan.alone());
      item.put("cost", plan.cost()).put("separate", plan.separate());
    }
  }

  private static ObjectNode node(Trace trace) {
    ObjectNode node = Json.object();
    node.put("node_type", SignalWords.word(trace.kind()));
    trace
        .signal()
        .ifPresent(
            key -> node.put("signal_type", key.family().type()).put("signal_name", key.name()));
    node.put("matched", trace.matched());
    node.put("confidence", trace.confidence());
    node.put("visited", trace.visited());
    if (!trace.children().isEmpty()) {
      ArrayNode children = node.putArray("children");
      trace.children().forEach(child -> children.add(node(child)));
    }
    return node;
  }
}
