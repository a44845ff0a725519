package dev.gatun.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.server.wire.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What probes are told in each stage of a process's life. */
class ReadinessTest {
  private static final ModelStates LOADED =
      ModelStates.own(List.of("gatun-domain"), List.of(), List.of());

  private final Readiness readiness = new Readiness();

  @Test
  void nothingIsReadyBeforeTheStartIsOver() throws Exception {
    expect(503, false, "starting", readiness.ready());
    expect(503, false, "starting", readiness.startup());

    readiness.loading(List.of("gatun-domain", "gatun-pii"));

    JsonNode ready = expect(503, false, "initializing_models", readiness.ready());
    assertEquals("starting", ready.path("status").asText());
    JsonNode startup = expect(503, false, "initializing_models", readiness.startup());
    assertEquals("[\"gatun-domain\",\"gatun-pii\"]", startup.path("pending_models").toString());
    assertEquals(2, startup.path("total_models").asInt());
  }

  @Test
  void aStartThatIsOverIsReady() throws Exception {
    readiness.serving(() -> LOADED);

    assertEquals("ready", expect(200, true, "ready", readiness.ready()).path("status").asText());
    JsonNode startup = expect(200, true, "ready", readiness.startup());
    assertEquals(1, startup.path("ready_models").asInt());
    assertFalse(startup.has("status"), "of the state alone");
  }

  /** Requests are refused for a while; that does not undo the start. */
  @Test
  void aModelThatIsLeftAloneConcernsRequestsAndNotTheStart() throws Exception {
    readiness.serving(() -> LOADED.with(List.of("mcp/tell"), List.of("mcp/tell")));

    JsonNode ready = expect(503, false, "ready", readiness.ready());
    assertEquals("unavailable", ready.path("status").asText());
    assertEquals("requests are refused without mcp/tell", ready.path("message").asText());
    JsonNode startup = expect(200, true, "ready", readiness.startup());
    assertEquals("[\"mcp/tell\"]", startup.path("failing_external_models").toString());
  }

  @Test
  void aFailingModelThatIsNotNeededOnlyDegrades() throws Exception {
    readiness.serving(() -> LOADED.with(List.of("mcp/tell"), List.of()));

    JsonNode ready = expect(200, true, "ready", readiness.ready());
    assertEquals("degraded, without mcp/tell", ready.path("message").asText());
  }

  @Test
  void whoIsEndingIsNotReady() throws Exception {
    readiness.serving(() -> LOADED);
    readiness.draining();

    assertEquals(
        "draining", expect(503, false, "draining", readiness.ready()).path("status").asText());
    expect(503, false, "draining", readiness.startup());
  }

  private static JsonNode expect(int status, boolean isReady, String phase, Readiness.Probe probe)
      throws JsonProcessingException {
    JsonNode json = Json.read(probe.json());
    assertEquals(status, probe.status(), json.toString());
    assertEquals(isReady, json.path("ready").asBoolean(), json.toString());
    assertEquals(phase, json.path("phase").asText(), json.toString());
    return json;
  }
}
