package dev.gatun.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.server.wire.Json;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

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

  private record State(
      Phase phase, List<String> pending, int loaded, List<String> degraded, Instant updated) {}

  private final AtomicReference<State> state =
      new AtomicReference<>(new State(Phase.STARTING, List.of(), 0, List.of(), Instant.now()));

  public Readiness() {}

  /** Models are being loaded. */
  public void loading(List<String> models) {
    state.set(
        new State(Phase.INITIALIZING_MODELS, List.copyOf(models), 0, List.of(), Instant.now()));
  }

  /**
   * Every listener accepts.
   *
   * @param degraded signal families that cannot be evaluated
   */
  public void serving(int modelsLoaded, List<String> degraded) {
    state.set(
        new State(Phase.READY, List.of(), modelsLoaded, List.copyOf(degraded), Instant.now()));
  }

  /** No new request is taken. */
  public void draining() {
    state.updateAndGet(
        s -> new State(Phase.DRAINING, s.pending, s.loaded, s.degraded, Instant.now()));
  }

  /** Whether requests are answered. */
  public boolean ready() {
    return state.get().phase == Phase.READY;
  }

  /** Whether the process is finishing what it has begun. */
  public boolean isDraining() {
    return state.get().phase == Phase.DRAINING;
  }

  /** The state as {@code /ready} and {@code /startup-status} show it. */
  public byte[] json() {
    State now = state.get();
    ObjectNode json = Json.object();
    json.put("status", now.phase == Phase.READY ? "ready" : "starting");
    if (now.phase == Phase.DRAINING) {
      json.put("status", "draining");
    }
    json.put("service", "gatun");
    json.put("ready", now.phase == Phase.READY);
    json.put("phase", now.phase.word);
    json.put("message", message(now));
    json.put("downloading_model", "");
    now.pending.forEach(json.putArray("pending_models")::add);
    json.put("ready_models", now.loaded);
    json.put("total_models", now.loaded + now.pending.size());
    now.degraded.forEach(json.putArray("degraded_signals")::add);
    json.put("updated_at", now.updated.toString());
    return Json.bytes(json);
  }

  /** The body of a liveness probe. */
  public static byte[] health(String service) {
    return Json.bytes(Json.object().put("status", "healthy").put("service", service));
  }

  private static String message(State state) {
    return switch (state.phase) {
      case STARTING -> "starting";
      case INITIALIZING_MODELS ->
          String.format(Locale.ROOT, "loading %d model(s)", state.pending.size());
      case READY ->
          state.degraded.isEmpty()
              ? "all listeners accept requests"
              : "degraded: " + String.join(", ", state.degraded);
      case DRAINING -> "finishing open requests";
    };
  }
}
