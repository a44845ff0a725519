package dev.gatun.router.pipeline;

import dev.gatun.router.algorithm.Algorithm;
import dev.gatun.router.algorithm.Choice;
import dev.gatun.router.algorithm.Question;
import dev.gatun.router.config.GlobalSettings.Overload;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.decision.Decision;
import dev.gatun.router.decision.Explanation;
import dev.gatun.router.decision.Verdict;
import dev.gatun.router.decision.Verdict.Winner;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Facts;
import dev.gatun.router.model.ModelRef;
import dev.gatun.router.pipeline.ContextWindows.Fitting;
import dev.gatun.router.port.Answer.Room;
import dev.gatun.router.port.EncoderPlan;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.Ticker;
import dev.gatun.router.port.Tokens;
import dev.gatun.router.projection.ProjectionTrace;
import dev.gatun.router.signal.OnFailure;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.text.TokenEstimate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * From a request to the model that answers it. Planned once per configuration; immutable, safe to
 * share, and deterministic: the same request gets the same answer.
 */
public final class Router {
  private final List<StagesByBreadth> profiles;
  private final Map<String, StagesByBreadth> byModelName = new HashMap<>();
  private final ModelNames names;
  private final Optional<String> defaultModel;
  private final ContextWindows windows;
  private final Ticker ticker;
  private final Tokens tokens;
  private final Encoders encoders;
  private final Compatibility compatibility;
  private final Overload overload;

  public Router(RouterConfig config, Ports ports) {
    profiles =
        config.profiles().stream()
            .map(profile -> new StagesByBreadth(Stages.plan(profile, config, ports)))
            .toList();
    for (StagesByBreadth stages : profiles) {
      stages.of(Breadth.NEEDED).profile().modelNames().forEach(n -> byModelName.put(n, stages));
    }
    names = ModelNames.of(config);
    defaultModel = config.providers().defaultModel();
    windows = ContextWindows.of(config.cards());
    ticker = ports.ticker();
    tokens = ports.tokens();
    encoders = ports.encoders();
    compatibility = config.global().router().compatibility();
    overload = config.global().router().overload();
  }

  /** The profile, then signals, then what they mean, then the decision, then the model. */
  public Routed route(RouteRequest request) {
    long start = ticker.nanos();
    Stages stages = stages(request.requestedModel(), request.breadth());
    Facts facts = Facts.of(request.conversation(), request.identity());
    TokenEstimate estimate = tokens.estimate(request.requestedModel());
    SignalHits.Recorder found = stages.signals().record(facts, estimate, stages.interest());
    boolean isSkipped =
        !stages.signals().reads(facts)
            || found.isDenied()
            || found.isWithdrawn()
            || found.overload().isPresent();
    ProjectionTrace projected =
        isSkipped ? ProjectionTrace.none() : stages.projections().apply(found);
    SignalHits hits = found.finish();
    long decisionStart = ticker.nanos();
    // What is refused is not decided: no reply, count or dry run may name a decision for it.
    boolean isUndecided = isSkipped || hits.refusal().isPresent();
    Verdict verdict = isUndecided ? Verdict.none() : stages.decisions().evaluate(hits);
    long decisionNanos = ticker.nanos() - decisionStart;
    Outcome outcome = outcome(new Asked(request, stages, facts), hits, verdict);
    long contextTokens = estimate.tokens(facts.contextTexts(compatibility));
    Optional<Explanation> explanation =
        request.explain() ? Optional.of(stages.decisions().explain(hits)) : Optional.empty();
    return new Routed(
        stages.profile(),
        hits,
        projected,
        verdict,
        outcome,
        contextTokens,
        explanation,
        decisionNanos,
        ticker.nanos() - start);
  }

  /** The profile that an entry point has under this name; the default one for all other names. */
  private Stages stages(String requestedModel, Breadth breadth) {
    return byModelName.getOrDefault(requestedModel, profiles.getFirst()).of(breadth);
  }

  /** What an operator should know of how it was made ready, one line each. */
  public List<String> notices() {
    return profiles.stream()
        .flatMap(stages -> stages.of(Breadth.NEEDED).notices().stream())
        .toList();
  }

  /** How encoder models compute what signals ask about a conversation. */
  public List<EncoderPlan> encoderPlans(Conversation conversation, String requestedModel) {
    Facts facts = Facts.of(conversation);
    return stages(requestedModel, Breadth.NEEDED).signals().questions(facts).entrySet().stream()
        .flatMap(text -> encoders.plans(text.getKey(), text.getValue()).stream())
        .toList();
  }

  /** Whether a requested model name asks for routing. */
  public boolean isAutomatic(String model) {
    return names.isAutomatic(model);
  }

  /** A request, what is known of it, and the profile that decides. */
  private record Asked(RouteRequest request, Stages stages, Facts facts) {}

  private Outcome outcome(Asked asked, SignalHits hits, Verdict verdict) {
    if (hits.isWithdrawn()) {
      return new Outcome.Withdrawn();
    }
    if (hits.denial().isPresent()) {
      return new Outcome.Denied(hits.denial().get());
    }
    if (hits.refusal().isPresent()) {
      return tooLarge(hits).orElseGet(() -> new Outcome.Refused(hits.refusal().get()));
    }
    String requested = asked.request.requestedModel();
    if (!names.isAutomatic(requested)) {
      return names.isKnown(requested)
          ? new Outcome.Kept(requested)
          : new Outcome.UnknownModel(requested, names.near(requested));
    }
    if (hits.overload().isPresent()) {
      return overloaded(hits, requested);
    }
    return verdict
        .winner()
        .map(winner -> select(winner, asked))
        .orElseGet(() -> fallback("", requested));
  }

  /** Nothing was decided: what is missing could have decided otherwise. */
  private Outcome overloaded(SignalHits hits, String requested) {
    return switch (overload) {
      case SHED ->
          tooLarge(hits).orElseGet(() -> new Outcome.Overloaded(hits.overload().orElse("")));
      case DEFAULT_MODEL -> fallback("overload", requested);
    };
  }

  /** That a refusal lasts: a family that must answer has models that can never take so much. */
  private Optional<Outcome> tooLarge(SignalHits hits) {
    return hits.degraded().stream()
        .filter(run -> run.room() == Room.NONE_EVER && mustAnswer(run.onFailure()))
        .findFirst()
        .map(run ->
            new Outcome.TooLarge(run.family().type() + " signals: " + run.degraded().orElse("")));
  }

  private boolean mustAnswer(OnFailure onFailure) {
    return switch (onFailure) {
      case OPEN -> false;
      case CLOSED -> true;
      case DEFAULT -> overload == Overload.SHED;
    };
  }

  private Outcome select(Winner winner, Asked asked) {
    Decision decision = winner.decision();
    List<ModelRef> candidates = decision.candidates();
    if (candidates.isEmpty()) {
      return fallback("default", asked.request.requestedModel());
    }
    Fitting fitting = fitting(candidates, asked);
    if (candidates.size() == 1) {
      return selected(candidates.getFirst(), "single", fitting.notes());
    }
    Question question =
        new Question(
            decision.name(), winner.category(), fitting.candidates(), asked.request.requestId());
    Algorithm algorithm = Objects.requireNonNull(asked.stages.algorithms().get(decision.name()));
    Choice choice = algorithm.choose(question);
    List<String> notes = new ArrayList<>(fitting.notes());
    notes.add("chosen: " + choice.reason());
    return selected(choice.candidate(), algorithm.method(), notes);
  }

  /** v0.3 looks at no window. */
  private Fitting fitting(List<ModelRef> candidates, Asked asked) {
    return switch (compatibility) {
      case GATUN ->
          windows.fitting(
              candidates,
              TokenEstimate.bytes(asked.facts.contextTexts(compatibility)),
              asked.request.answerTokens(),
              tokens);
      case UPSTREAM_0_3 -> Fitting.all(candidates);
    };
  }

  private Outcome fallback(String method, String alias) {
    return defaultModel
        .<Outcome>map(model -> new Outcome.Selected(model, method, Optional.empty(), List.of()))
        .orElseGet(() -> new Outcome.NoModel(alias));
  }

  private static Outcome selected(ModelRef candidate, String method, List<String> notes) {
    return new Outcome.Selected(candidate.servedName(), method, Optional.of(candidate), notes);
  }
}
