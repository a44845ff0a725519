package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Documents;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Image;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.pipeline.Readiness;
import dev.gatun.router.pipeline.RouteRequest;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What counts as content of a request, and who looks at it (spec signals §0.1, §0.2). */
class ContentTest {
  /** Who says what is to happen without a classifier wants one (spec signals §0.2). */
  @Test
  void patternsBesideAPolicyOnErrorsNeedAClassifier() {
    String config =
        """
        routing:
          signals: {pii: [{name: p, on_error: %s, patterns: [{builtin: email}]}]}
          decisions: [{name: d, rules: {type: pii, name: p}}]
        """;
    Message none = Message.of(Role.USER, "nothing here");
    assertEquals(1, Readiness.of(Documents.config(config.formatted("match")), Ports.none()).size());
    assertEquals(List.of("p 1.0"), names(route(config.formatted("match"), Ports.none(), none)));
    assertEquals(List.of(), names(route(config.formatted("no_match"), Ports.none(), none)));
    Message mail = Message.of(Role.USER, "mail a@b.example");
    assertEquals(List.of("p 1.0"), names(route(config.formatted("no_match"), Ports.none(), mail)));
  }

  /** What a tool answered reaches the model, whether or not the user says anything besides. */
  @Test
  void aToolResultAloneIsLookedAt() {
    String config =
        """
        routing:
          signals:
            pii: [{name: p, include_history: true, patterns: [{type: A, regex: alpha}]},
              {name: now, patterns: [{type: A, regex: alpha}]}]
            jailbreak: [{name: j, include_history: true}]
          decisions:
            - {name: leak, rules: {type: pii, name: p}}
            - {name: attack, rules: {type: jailbreak, name: j}}
        """;
    FakeClassifiers guard = new FakeClassifiers().say(TextTask.JAILBREAK, "", 0.1, 0.9);
    Ports ports = Ports.none().withEncoders(guard);
    for (Message[] turns :
        List.of(
            new Message[] {Message.of(Role.TOOL, "alpha")},
            new Message[] {Message.of(Role.USER, ""), Message.of(Role.TOOL, "alpha")})) {
      Routed routed = route(config, ports, turns);
      assertEquals(List.of("j 0.9", "p 1.0"), names(routed).stream().sorted().toList());
      assertEquals(List.of(), routed.signals().degraded());
    }
  }

  /** An image is content, whether or not somebody looks at it (spec signals §0.1). */
  @Test
  void anImageAloneReachesWhatNeedsNoText() {
    String config =
        """
        routing:
          signals: {pii: [{name: p}]}
          decisions: [{name: any, rules: {}}, {name: d, priority: 9, rules: {type: pii, name: p}}]
        """;
    Message image = Message.showing("", List.of(new Image("png", "AAAA")));
    Routed ours = route(config, Ports.none(), image);
    assertEquals("any", ours.verdict().winner().orElseThrow().decision().name());
    assertEquals(List.of(), names(ours));
    String upstream = "global: {router: {compatibility: upstream-0.3}}\n" + config;
    assertTrue(route(upstream, Ports.none(), image).verdict().winner().isEmpty());
  }

  private static Routed route(String config, Ports ports, Message... messages) {
    return new Router(Documents.config(config), ports)
        .route(new RouteRequest(Conversation.of(messages), "MoM", "r", false));
  }

  /** The rules that match, by their names, with their confidence. */
  private static List<String> names(Routed routed) {
    return routed.signals().matched().stream()
        .map(hit -> hit.key().name() + " " + hit.confidence())
        .sorted()
        .toList();
  }
}
