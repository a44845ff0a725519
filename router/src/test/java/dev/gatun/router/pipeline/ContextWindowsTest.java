package dev.gatun.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gatun.router.config.Documents;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Identity;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.port.Ports;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Candidates that a request does not fit into are passed over, by 4 bytes for a token. */
class ContextWindowsTest {
  private static final String ALL = "{model: tiny}, {model: middle}, {model: open}";

  private static String config(String candidates, String more) {
    return """
    providers:
      models:
        - {name: tiny, backend_refs: [{endpoint: a}]}
        - {name: middle, backend_refs: [{endpoint: b}]}
        - {name: open, backend_refs: [{endpoint: c}]}
    routing:
      modelCards:
        - {name: tiny, context_window_size: 90, loras: [{name: tuned}]}
        - {name: middle, context_window_size: 900}
        - {name: open}
      decisions:
        - {name: d, rules: {operator: AND}, modelRefs: [%s]}
    %s
    """
        .formatted(candidates, more);
  }

  @Test
  void theFirstIntoWhichARequestFitsAnswers() {
    assertEquals("tiny", routed(ALL, "", 400, 0).model(), "0.9 of 100 tokens are 90");
    assertEquals("middle", routed(ALL, "", 404, 0).model());
    assertEquals("middle", routed(ALL, "", 40, 100).model(), "the answer needs room, too");
    assertEquals("open", routed(ALL, "", 8000, 0).model(), "of it nothing is known");
  }

  @Test
  void theTraceSaysWhoWasPassedOver() {
    Outcome.Selected selected = routed(ALL, "", 404, 7);
    assertEquals("static", selected.method());
    assertEquals(
        List.of(
            "tiny takes 90 tokens, too few for about 101 and an answer of 7",
            "chosen: the first, without evidence"),
        selected.notes());
    assertEquals(List.of("chosen: the first, without evidence"), routed(ALL, "", 4, 0).notes());
  }

  @Test
  void anAdapterHasTheWindowOfItsBase() {
    assertEquals(
        "middle", routed("{model: tiny, lora_name: tuned}, {model: middle}", "", 800, 0).model());
    assertEquals("middle", routed("{model: tuned}, {model: middle}", "", 800, 0).model());
  }

  @Test
  void whereNothingFitsTheLargestIsTried() {
    Outcome.Selected selected = routed("{model: tiny}, {model: middle}", "", 40_000, 0);
    assertEquals("middle", selected.model());
    assertEquals("middle is tried, because none takes more", selected.notes().get(2));
  }

  @Test
  void theOnlyCandidateIsTriedWithANote() {
    Outcome.Selected selected = routed("{model: tiny}", "", 40_000, 0);
    assertEquals("tiny", selected.model());
    assertEquals("single", selected.method());
    assertEquals(2, selected.notes().size());
  }

  @Test
  void upstreamLooksAtNoWindow() {
    String upstream = "global: {router: {compatibility: upstream-0.3}}";
    assertEquals("tiny", routed(ALL, upstream, 8000, 0).model());
  }

  /** Everything that is sent counts, also what signals do not read. */
  @Test
  void earlierTurnsCount() {
    Conversation turns =
        Conversation.of(
            Message.of(Role.USER, "x".repeat(800)),
            Message.of(Role.ASSISTANT, "y"),
            Message.of(Role.USER, "z"));
    assertEquals("middle", routed(ALL, "", turns, 0).model());
  }

  private static Outcome.Selected routed(String candidates, String more, int bytes, long answer) {
    return routed(candidates, more, Conversation.ofUser("x".repeat(bytes)), answer);
  }

  private static Outcome.Selected routed(
      String candidates, String more, Conversation conversation, long answer) {
    Routed routed =
        new Router(Documents.config(config(candidates, more)), Ports.none())
            .route(
                new RouteRequest(conversation, Identity.unknown(), "auto", answer, "key", false));
    return assertInstanceOf(Outcome.Selected.class, routed.outcome());
  }
}
