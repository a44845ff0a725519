package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gatun.router.config.Documents;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.pipeline.Outcome;
import dev.gatun.router.pipeline.RouteRequest;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Domains that a tool of another process tells, alone or after the classifier. */
class DomainSourceTest {
  private static final String CONFIG =
      """
      routing:
        signals:
          domains: [{name: math}, {name: law}, {name: poetry}]
        decisions:
          - name: d
            rules:
              operator: OR
              conditions:
                - {type: domain, name: math}
                - {type: domain, name: law}
                - {type: domain, name: poetry}
      global:
        # more
        model_catalog:
          modules:
            classifier:
              domain: {threshold: 0.6, LOCAL}
              mcp: {enabled: true, command: c, tool_name: t, MCP}
      """;

  private final List<String> shown = new ArrayList<>();

  private static String both() {
    return CONFIG.replace(", LOCAL", "").replace(", MCP", "");
  }

  private static String alone() {
    return CONFIG.replace("LOCAL", "model_ref: ''").replace(", MCP", "");
  }

  /** A classifier that knows two labels. */
  private record Fixed(Answer<Distribution> answer) implements Encoders {
    @Override
    public List<String> labels(TextTask task) {
      return List.of("math", "law");
    }

    @Override
    public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
      return answer.map(found -> Map.of(TextTask.DOMAIN, found));
    }
  }

  private static Answer<Distribution> math(double p) {
    return Answer.of(Distribution.of(List.of("math", "law"), List.of(p, 1 - p)));
  }

  private static Answer<Distribution> said(String label, double confidence) {
    return Answer.of(Distribution.of(List.of(label), List.of(confidence)));
  }

  private Routed route(String config, Answer<Distribution> local, Answer<Distribution> tool) {
    Ports ports =
        Ports.none()
            .withEncoders(new Fixed(local))
            .withDomainTool(text -> {
              shown.add(text);
              return tool;
            });
    return new Router(Documents.config(config), ports)
        .route(
            new RouteRequest(
                Conversation.of(Message.of(Role.USER, "what is it?")), "MoM", "r", false));
  }

  private static List<String> names(Routed routed) {
    return routed.signals().matched().stream()
        .map(hit -> hit.key().name() + " " + hit.confidence())
        .toList();
  }

  @Test
  void aSureClassifierIsNotDoubted() {
    assertEquals(List.of("math 0.6"), names(route(both(), math(0.6), said("law", 0.99))));
    assertEquals(List.of(), shown);
  }

  @Test
  void whereTheClassifierIsUnsureTheToolSpeaks() {
    Routed routed = route(both(), math(0.55), said("law", 0.7));
    assertEquals(List.of("law 0.7"), names(routed));
    assertEquals(List.of("what is it?"), shown);
    assertEquals(0.7, routed.signals().values().get(new SignalKey(Family.DOMAIN, "law")));
    assertEquals(List.of(), routed.signals().degraded());
  }

  @Test
  void aToolIsBelievedFromItsOwnThreshold() {
    assertEquals(List.of(), names(route(both(), math(0.55), said("law", 0.59))));
    String own = CONFIG.replace(", LOCAL", "").replace("MCP", "threshold: 0.3");
    assertEquals(List.of("law 0.3"), names(route(own, math(0.55), said("law", 0.3))));
    String any = CONFIG.replace(", LOCAL", "").replace("MCP", "threshold: 0");
    assertEquals(List.of("law 0.01"), names(route(any, math(0.55), said("law", 0.01))));
  }

  @Test
  void withoutAClassifierTheToolIsAskedAlone() {
    Routed routed = route(alone(), Answer.failed("must not be asked"), said("poetry", 0.8));
    assertEquals(List.of("poetry 0.8"), names(routed));
    assertEquals(List.of("what is it?"), shown, "once");
    assertEquals(List.of(), routed.signals().degraded());
  }

  @Test
  void severalDomainsComeFromProbabilities() {
    Answer<Distribution> three =
        Answer.of(Distribution.of(List.of("poetry", "math", "law"), List.of(0.45, 0.45, 0.1)));
    String config = CONFIG.replace("LOCAL", "model_ref: ''").replace("MCP", "threshold: 0.4");
    assertEquals(List.of("poetry 0.45", "math 0.45"), names(route(config, math(1), three)));
  }

  @Test
  void aToolThatFailsDegradesTheFamilyAndLeavesWhatTheClassifierSaid() {
    Routed routed = route(both(), math(0.55), Answer.failed("late"));
    assertEquals(List.of(), names(routed));
    assertEquals(0.55, routed.signals().values().get(new SignalKey(Family.DOMAIN, "math")));
    assertEquals("late", routed.signals().degraded().getFirst().degraded().orElseThrow());
    String closed =
        both().replace("# more", "router: {signals: {families: {domain: {on_failure: closed}}}}");
    assertInstanceOf(
        Outcome.Refused.class, route(closed, math(0.55), Answer.failed("late")).outcome());
  }

  @Test
  void theFallbackIsForWhatTheToolDoesNotKnowEither() {
    String config = both().replace("threshold: 0.6", "threshold: 0.6, fallback_category: poetry");
    assertEquals(List.of("poetry 0.0"), names(route(config, math(0.55), said("law", 0.2))));
  }

  @Test
  void upstreamDoesNotRouteByTools() {
    String upstream = both().replace("# more", "router: {compatibility: upstream-0.3}");
    route(upstream, math(0.55), said("law", 0.99));
    assertEquals(List.of(), shown);
  }
}
