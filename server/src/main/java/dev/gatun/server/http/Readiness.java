package dev.gatun.server.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.wire.Json;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** How far the process has come, for probes. Safe for use by many threads. */
public final class Readiness {
  /** Stages of a process's life, in order. */
  public enum Phase {
    STARTING("starting"),
    INITIALIZING_MODELS("initializing_models"),
    READY("ready"),
    DRAINING("draining");

    private final String word;

    Phase(String word) {
      this.word = word;
    }
  }

  private record State(Phase phase, Supplier<ModelStates> models, Instant updated) {}

  private final AtomicReference<State> state =
      new AtomicReference<>(state(Phase.STARTING, () -> ModelStates.allPending(List.of())));

  public Readiness() {}

  private static State state(Phase phase, Supplier<ModelStates> models) {
    return new State(phase, models, Instant.now());
  }

  /** Models are being loaded. */
  public void loading(List<String> models) {
    state.set(state(Phase.INITIALIZING_MODELS, () -> ModelStates.allPending(models)));
  }

  /**
   * Every listener accepts.
   *
   * @param models asked whenever somebody wants to know
   */
  public void serving(Supplier<ModelStates> models) {
    state.set(state(Phase.READY, models));
  }

  /** No new request is taken. */
  public void draining() {
    state.updateAndGet(s -> state(Phase.DRAINING, s.models));
  }

  /**
   * The answer to a probe.
   *
   * @param status 200 or 503
   * @param json kept, not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  public record Probe(int status, byte[] json) {
    private static Probe of(boolean isReady, ObjectNode json) {
      return new Probe(isReady ? 200 : 503, Json.bytes(json));
    }
  }

  /** Whether the process is finishing what it has begun. */
  public boolean isDraining() {
    return state.get().phase == Phase.DRAINING;
  }

  /**
   * Whether requests are answered: not while a model of another process is left alone without which
   * they are refused.
   */
  public Probe ready() {
    State now = state.get();
    ModelStates models = now.models.get();
    boolean isReady = now.phase == Phase.READY && models.indispensable().isEmpty();
    ObjectNode json = Json.object();
    json.put("status", status(now.phase, isReady));
    json.put("service", "gatun");
    tell(now, models, isReady, json);
    return Probe.of(isReady, json);
  }

  /** How far the start has come, whatever models of other processes do afterwards. */
  public Probe startup() {
    State now = state.get();
    boolean isStarted = now.phase == Phase.READY;
    ObjectNode json = Json.object();
    tell(now, now.models.get(), isStarted, json);
    return Probe.of(isStarted, json);
  }

  private static void tell(State now, ModelStates models, boolean isReady, ObjectNode json) {
    json.put("ready", isReady);
    json.put("phase", now.phase.word);
    json.put("message", message(now.phase, models));
    json.put("downloading_model", "");
    models.pending().forEach(json.putArray("pending_models")::add);
    models.missing().forEach(json.putArray("missing_models")::add);
    models.failing().forEach(json.putArray("failing_external_models")::add);
    ArrayNode degraded = json.putArray("degraded_families");
    models
        .degraded()
        .forEach((family, why) -> degraded.addObject().put("family", family).put("reason", why));
    json.put("ready_models", models.ready().size());
    json.put(
        "total_models", models.ready().size() + models.pending().size() + models.missing().size());
    json.put("updated_at", now.updated.toString());
  }

  private static String status(Phase phase, boolean isReady) {
    return switch (phase) {
      case STARTING, INITIALIZING_MODELS -> "starting";
      case READY -> isReady ? "ready" : "unavailable";
      case DRAINING -> "draining";
    };
  }

  /** The body of a liveness probe. */
  public static byte[] health(String service) {
    return Json.bytes(Json.object().put("status", "healthy").put("service", service));
  }

  private static String message(Phase phase, ModelStates models) {
    return switch (phase) {
      case STARTING -> "starting";
      case INITIALIZING_MODELS ->
          String.format(Locale.ROOT, "loading %d model(s)", models.pending().size());
      case READY -> message(models);
      case DRAINING -> "finishing open requests";
    };
  }

  private static String message(ModelStates models) {
    if (!models.indispensable().isEmpty()) {
      return "requests are refused without " + String.join(", ", models.indispensable());
    }
    Set<String> lacking = new LinkedHashSet<>(models.missing());
    lacking.addAll(models.failing());
    models.degraded().keySet().forEach(family -> lacking.add(family + " signals"));
    return lacking.isEmpty()
        ? "all listeners accept requests"
        : "degraded, without " + String.join(", ", lacking);
  }
}
