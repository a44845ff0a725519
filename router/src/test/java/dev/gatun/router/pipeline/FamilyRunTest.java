package dev.gatun.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Documents;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.FakeEmbeddings;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.FamilyRun;
import dev.gatun.router.signal.SignalKey;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How sure families are as a whole, and what becomes of a request that one has no room for. */
class FamilyRunTest {
  private static final String FILE =
      """
      providers:
        defaults: {default_model: m}
        models:
          - {name: m, provider_model_id: m, backend_refs: [{endpoint: "127.0.0.1:1"}]}
          - {name: other, provider_model_id: o, backend_refs: [{endpoint: "127.0.0.1:1"}]}
      routing:
        modelCards: [{name: m}, {name: other}]
        signals:
          context: [{name: far, min_tokens: 1M}]
          conversation:
            - name: many
              feature: {type: count, source: {type: message}}
              predicate: {gt: 50}
          embeddings: [{name: e, threshold: 0.9, candidates: [refund]}]
          fact_check: [{name: needs_fact_check}]
          keywords: [{name: k, operator: OR, keywords: [poem]}]
        decisions:
          - name: d
            rules:
              operator: OR
              conditions:
                - {type: context, name: far}
                - {type: conversation, name: many}
                - {type: embedding, name: e}
                - {type: fact_check, name: needs_fact_check}
                - {type: keyword, name: k}
            modelRefs: [{model: other}]
      """;

  private static Ports ports(Answer<Map<TextTask, Distribution>> classified) {
    Encoders encoders =
        new Encoders() {
          @Override
          public List<String> labels(TextTask task) {
            return List.of("no_fact_check_needed", "needs_fact_check");
          }

          @Override
          public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
            return classified;
          }
        };
    return Ports.none().withEmbeddings(new FakeEmbeddings("refund", "poem")).withEncoders(encoders);
  }

  private static Answer<Map<TextTask, Distribution>> needed(double probability) {
    return Answer.of(
        Map.of(
            TextTask.FACT_CHECK,
            Distribution.of(
                List.of("no_fact_check_needed", "needs_fact_check"),
                List.of(1 - probability, probability))));
  }

  private static Routed route(String file, Ports ports, String model) {
    return new Router(Documents.config(file), ports)
        .route(new RouteRequest(Conversation.ofUser("refund refund poem"), model, "r", false));
  }

  private static OptionalDouble confidence(Routed routed, Family family) {
    return routed.signals().runs().stream()
        .filter(run -> run.family() == family)
        .map(FamilyRun::confidence)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void countsAreCertainAndModelsAsSureAsTheyAreOfWhatDidNotMatchToo() {
    Routed routed = route(FILE, ports(needed(0.2)), "MoM");
    assertEquals(OptionalDouble.of(1), confidence(routed, Family.CONTEXT));
    assertEquals(OptionalDouble.of(1), confidence(routed, Family.CONVERSATION));
    assertEquals(0.8, confidence(routed, Family.FACT_CHECK).orElseThrow(), 1e-9);
    assertEquals(
        routed.signals().values().get(new SignalKey(Family.EMBEDDING, "e")),
        confidence(routed, Family.EMBEDDING).orElseThrow());
    assertTrue(confidence(routed, Family.KEYWORD).isEmpty());
    assertEquals(
        0.9, confidence(route(FILE, ports(needed(0.9)), "MoM"), Family.FACT_CHECK).orElseThrow());
  }

  @Test
  void whatTheModelsHaveNoRoomForIsNotDecided() {
    Ports full = ports(Answer.overloaded("the queue is full"));
    Outcome.Overloaded shed =
        assertInstanceOf(Outcome.Overloaded.class, route(FILE, full, "MoM").outcome());
    assertEquals("fact_check signals: the queue is full", shed.reason());
    assertInstanceOf(Outcome.Kept.class, route(FILE, full, "other").outcome());
    Routed served = route(FILE + global("overload: default_model"), full, "MoM");
    Outcome.Selected selected = assertInstanceOf(Outcome.Selected.class, served.outcome());
    assertEquals("m overload", selected.model() + " " + selected.method());
    assertTrue(served.verdict().winner().isEmpty(), "the keyword alone decides nothing");
    String open = global("signals: {families: {fact_check: {on_failure: open}}}");
    assertEquals("d", decision(route(FILE + open, full, "MoM")));
    Ports broken = ports(Answer.failed("broken"));
    assertEquals("d", decision(route(FILE, broken, "MoM")), "a failure is no overload");
  }

  @Test
  void whatTheModelsCanNeverTakeNeedNotComeAgain() {
    Ports small = ports(Answer.tooLarge("more than the queue"));
    Outcome.TooLarge refused =
        assertInstanceOf(Outcome.TooLarge.class, route(FILE, small, "MoM").outcome());
    assertEquals("fact_check signals: more than the queue", refused.reason());
    String closed = FILE + global("signals: {families: {fact_check: {on_failure: closed}}}");
    assertInstanceOf(Outcome.TooLarge.class, route(closed, small, "MoM").outcome());
    Ports full = ports(Answer.overloaded("the queue is full"));
    Routed later = route(closed, full, "MoM");
    assertInstanceOf(Outcome.Refused.class, later.outcome());
    assertTrue(later.verdict().winner().isEmpty(), "what is refused is not decided");
    Routed served = route(FILE + global("overload: default_model"), small, "MoM");
    assertInstanceOf(Outcome.Selected.class, served.outcome());
  }

  private static String decision(Routed routed) {
    return routed.verdict().winner().orElseThrow().decision().name();
  }

  private static String global(String router) {
    return "global: {router: {" + router + "}}\n";
  }

  @Test
  void aDefaultModelThatAnswersMustBeThere() {
    String file = FILE.replace("defaults: {default_model: m}", "defaults: {}");
    String problems =
        Documents.render(Documents.decode(file + global("overload: default_model")).diagnostics());
    assertTrue(problems.contains("ERROR") && problems.contains("router.overload"), problems);
  }
}
