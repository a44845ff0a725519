package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Documents;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.pipeline.Outcome;
import dev.gatun.router.pipeline.RouteRequest;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.FakeLanguageModel;
import dev.gatun.router.port.LanguageModel;
import dev.gatun.router.port.LanguageModel.Chat;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.Preference.Choice;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Preferences that a language model chooses. */
class PreferenceByModelTest {
  private static final String CONFIG =
      """
      routing:
        signals:
          preferences:
            - {name: code, description: 'Writes "code"'}
            - {name: sure, description: Wants proofs, threshold: 0.8}
        decisions:
          - name: d
            rules:
              operator: OR
              conditions: [{type: preference, name: code}, {type: preference, name: sure}]
      global:
        model_catalog:
          external:
            - model_role: preference
              llm_endpoint: {address: h, port: 8000}
              llm_model_name: m
              max_tokens: 64
              temperature: 0.5
          modules: {classifier: {preference: {use_contrastive: false}}}
        # more
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"route": "code"}                              | code  |
          {'route': 'code'}                              | code  |
          Sure: ```json;{"route" : " code "};``` there   | code  |
          {"thoughts": {"a": 1}, "route": "x", "n": [1]} | x     |
          {"route": "code", "confidence": 0.75}          | code  | 0.75
          {"confidence": "0.5", "Route": "code"}         | code  | 0.5
          {"route": "it's", "confidence": 1}             | it's  | 1
          {"route": "code", "confidence": 75}            | code  |
          {"route": "code", "confidence": "high"}        | code  |
          {"route": "code", "confidence": NaN}           | code  |
          {"route": "other"}                             | other |
          """)
  void repliesAreUnderstood(String reply, String route, Double confidence) {
    OptionalDouble sure =
        confidence == null ? OptionalDouble.empty() : OptionalDouble.of(confidence);
    assertEquals(Answer.of(new Choice(route, sure)), Choice.read(reply.replace(';', '\n')));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "code", "route: code", "{\"name\": \"code\"}", "[\"route\"]", "{'"})
  void aReplyWithoutARouteIsAFailure(String reply) {
    assertInstanceOf(Answer.Failed.class, Choice.read(reply), reply);
  }

  @Test
  void theModelIsToldTheRoutesAndTheTextAlone() {
    FakeLanguageModel model = FakeLanguageModel.saying(_ -> "{\"route\": \"code\"}");
    Routed routed =
        route(
            CONFIG,
            model,
            Message.of(Role.SYSTEM, "be brief"),
            Message.of(Role.USER, "before"),
            Message.of(Role.ASSISTANT, "answer"),
            Message.of(Role.USER, "say \"hi\"\n{now}\u0001"));
    assertEquals(List.of("code 1.0"), names(routed));
    Chat asked = model.asked().getFirst();
    assertEquals(1, model.asked().size());
    assertEquals(ModelRole.PREFERENCE, asked.role());
    assertEquals(new LanguageModel.Limits(64, 0.5), asked.limits());
    assertEquals(Role.SYSTEM, asked.turns().getFirst().role());
    String task = asked.turns().getFirst().text();
    assertTrue(
        task.contains("{\"name\": \"code\", \"description\": \"Writes \\\"code\\\"\"}"), task);
    assertTrue(task.contains("{\"name\": \"sure\", \"description\": \"Wants proofs\"}"), task);
    assertEquals(
        "[{\"role\": \"user\", \"content\": \"say \\\"hi\\\"\\n{now}\\u0001\"}]",
        asked.turns().getLast().text());
  }

  @Test
  void whatTheModelSaysOfItselfIsTheConfidence() {
    Routed routed = choosing("{\"route\": \"sure\", \"confidence\": 0.85}");
    assertEquals(List.of("sure 0.85"), names(routed));
    assertEquals(0.85, routed.signals().values().get(new SignalKey(Family.PREFERENCE, "sure")));
    assertEquals(List.of(), names(choosing("{\"route\": \"sure\", \"confidence\": 0.7}")));
    assertEquals(List.of("sure 1.0"), names(choosing("{\"route\": \"sure\"}")));
  }

  @Test
  void otherAndUnknownNamesAreNoMatchAndNoFailure() {
    for (String name : List.of("other", "cod", "CODE", "null")) {
      Routed routed = choosing("{\"route\": \"" + name + "\"}");
      assertEquals(List.of(), names(routed), name);
      assertEquals(List.of(), routed.signals().degraded(), name);
    }
  }

  @Test
  void aFailureAndAReplyWithoutARouteDegradeTheFamily() {
    for (LanguageModel model :
        List.of(
            FakeLanguageModel.failing("gone"), FakeLanguageModel.saying(_ -> "I choose code"))) {
      Routed routed = route(CONFIG, model, Message.of(Role.USER, "hi"));
      assertEquals(List.of(), names(routed));
      assertEquals(Family.PREFERENCE, routed.signals().degraded().getFirst().family());
      String closed =
          CONFIG.replace(
              "# more", "router: {signals: {families: {preference: {on_failure: closed}}}}");
      assertInstanceOf(
          Outcome.Refused.class, route(closed, model, Message.of(Role.USER, "hi")).outcome());
    }
  }

  @Test
  void aBlankTextAsksNothing() {
    FakeLanguageModel model = FakeLanguageModel.saying(_ -> "{\"route\": \"code\"}");
    Routed routed = route(CONFIG, model, Message.of(Role.USER, "  \n"));
    assertEquals(List.of(), model.asked());
    assertEquals(List.of(), routed.signals().degraded());
  }

  @Test
  void aRuleCalledOtherNeverMatches() {
    String other = CONFIG.replace("name: code", "name: other");
    LanguageModel model = FakeLanguageModel.saying(_ -> "{\"route\": \"other\"}");
    assertEquals(List.of(), names(route(other, model, Message.of(Role.USER, "hi"))));
  }

  private static Routed choosing(String reply) {
    return route(CONFIG, FakeLanguageModel.saying(_ -> reply), Message.of(Role.USER, "hi"));
  }

  private static Routed route(String config, LanguageModel model, Message... messages) {
    return new Router(Documents.config(config), Ports.none().withLanguageModel(model))
        .route(new RouteRequest(Conversation.of(messages), "MoM", "r", false));
  }

  private static List<String> names(Routed routed) {
    return routed.signals().matched().stream()
        .map(hit -> hit.key().name() + " " + hit.confidence())
        .toList();
  }
}
