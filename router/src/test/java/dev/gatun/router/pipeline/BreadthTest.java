package dev.gatun.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Documents;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Identity;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How much of a profile is evaluated (spec signals §0.2, projections §2). */
class BreadthTest {
  private static final String CONFIG =
      """
      version: v0.3
      providers:
        defaults: {default_model: small}
        models: [{name: small, backend_refs: [{endpoint: "127.0.0.1:8000"}]}]
      routing:
        modelCards: [{name: small}]
        signals:
          keywords: [{name: word, operator: OR, keywords: [alpha]}]
          context: [{name: short, min_tokens: "0", max_tokens: "8"}]
          structure:
            - name: marks
              feature: {type: count, source: {type: regex, pattern: "[?]"}}
              predicate: {gte: 3}
          jailbreak: [{name: attack, threshold: 0.5, on_error: fail}]
          role_bindings:
            - {name: staff, role: staff, subjects: [{kind: User, name: bob}]}
        projections:
          scores:
            - name: unread
              method: weighted_sum
              inputs: [{type: context, name: short, weight: 1}]
            - name: lonely
              method: weighted_sum
              inputs: [{type: context, name: short, weight: 2}]
            - name: read
              method: weighted_sum
              inputs: [{type: keyword, name: word, weight: 1}]
          mappings:
            - {name: a, source: unread, outputs: [{name: long, lt: 0.5}, {name: short, gte: 0.5}]}
            - {name: b, source: read, outputs: [{name: low, lt: 0.5}, {name: high, gte: 0.5}]}
        decisions:
          - {name: d, rules: {type: keyword, name: word}, modelRefs: [{model: small}]}
      """;

  private static final SignalKey SHORT = new SignalKey(Family.PROJECTION, "short");
  private static final SignalKey LONG = new SignalKey(Family.PROJECTION, "long");
  private static final SignalKey HIGH = new SignalKey(Family.PROJECTION, "high");

  private final Router router = new Router(Documents.config(CONFIG), Ports.none());

  @Test
  void nothingIsSaidOfWhatNobodyAsked() {
    Routed routed = route(Breadth.NEEDED);
    assertEquals(EnumSet.of(Family.KEYWORD), asked(routed));
    assertFalse(matched(routed).contains(LONG));
    assertFalse(matched(routed).contains(SHORT));
    assertTrue(matched(routed).contains(HIGH));
    assertTrue(routed.projections().score("lonely").isEmpty());
  }

  @Test
  void aTraceWantsScoresThatNoDecisionReads() {
    Routed routed = route(Breadth.PROJECTED);
    assertEquals(EnumSet.of(Family.KEYWORD, Family.CONTEXT), asked(routed));
    assertTrue(matched(routed).contains(SHORT));
    assertEquals(2, routed.projections().score("lonely").orElseThrow());
  }

  /** A guard that cannot answer and a caller without a name change nothing where none is needed. */
  @Test
  void everyConfiguredRuleCanBeEvaluatedAndRefusesNobody() {
    Routed routed = route(Breadth.EVERYTHING);
    assertTrue(asked(routed).containsAll(Set.of(Family.STRUCTURE, Family.JAILBREAK)));
    assertTrue(routed.signals().values().containsKey(new SignalKey(Family.STRUCTURE, "marks")));
    assertEquals(route(Breadth.NEEDED).outcome(), routed.outcome());
    assertEquals(1, routed.signals().degraded().size());
  }

  private Routed route(Breadth breadth) {
    return router.route(
        new RouteRequest(
            Conversation.ofUser("alpha ???"), Identity.unknown(), "auto", 0, "r", false, breadth));
  }

  private static Set<Family> asked(Routed routed) {
    return routed.signals().runs().stream().map(run -> run.family()).collect(Collectors.toSet());
  }

  private static Set<SignalKey> matched(Routed routed) {
    return routed.signals().matched().stream().map(hit -> hit.key()).collect(Collectors.toSet());
  }
}
