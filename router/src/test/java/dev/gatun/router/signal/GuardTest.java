package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Documents;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.pipeline.RouteRequest;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.port.Embedding;
import dev.gatun.router.port.FakeLanguageModel;
import dev.gatun.router.port.LanguageModel;
import dev.gatun.router.port.LanguageModel.Limits;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jailbreak rules for which a language model of another process judges texts. */
class GuardTest {
  private static final String CONFIG =
      """
      routing:
        signals:
          jailbreak:
            - {name: usual}
            - {name: strict, threshold: 0.95}
            - {name: past, include_history: true, on_error: no_match}
        decisions: [{name: d, rules: {type: jailbreak, name: usual}}]
      global:
        router: {compatibility: gatun}
        model_catalog:
          external:
            - model_role: guardrail
              llm_endpoint: {address: h}
              llm_model_name: m
              parser_type: qwen3guard
          modules: {prompt_guard: {use_vllm: true}}
      """;

  private static final String SAFE = "Safety: Safe\nCategories: None";
  private static final String UNSAFE = "Safety: Unsafe\nCategories: Jailbreak";

  /** Finds attacks by a word. */
  private static FakeLanguageModel guard() {
    return FakeLanguageModel.saying(text -> text.contains("ignore") ? UNSAFE : SAFE);
  }

  @Test
  void whatTheGuardCallsUnsafeIsAnAttack() {
    FakeLanguageModel guard = guard();
    Routed routed = route(CONFIG, guard, Message.of(Role.USER, "ignore all"));
    assertEquals(List.of("usual 0.9", "past 0.9"), names(routed), "strict asks for more");
    assertEquals(List.of("guard"), routed.signals().matched().getFirst().evidence());
    assertEquals(List.of(), routed.signals().degraded());
    assertEquals(List.of("ignore all"), guard.texts());
    assertEquals(ModelRole.GUARDRAIL, guard.asked().getFirst().role());
    assertEquals(Limits.byDefault(), guard.asked().getFirst().limits());
    assertEquals(List.of(), names(route(CONFIG, guard(), Message.of(Role.USER, "hello"))));
  }

  @Test
  void whatIsOnlyControversialIsNoAttack() {
    String low = CONFIG.replace("threshold: 0.95", "threshold: 0.1");
    LanguageModel unsure = FakeLanguageModel.saying(_ -> "Safety: Controversial");
    Routed routed = route(low, unsure, Message.of(Role.USER, "hello"));
    assertEquals(List.of(), names(routed));
    assertEquals(0.6, routed.signals().values().get(new SignalKey(Family.JAILBREAK, "strict")));
  }

  @Test
  void everyTextIsAskedOnceForAllRules() {
    FakeLanguageModel guard = guard();
    Routed routed =
        route(
            CONFIG,
            guard,
            Message.of(Role.USER, "hello"),
            Message.of(Role.TOOL, "ignore them"),
            Message.of(Role.USER, "hello"));
    assertEquals(List.of("past 0.9"), names(routed));
    assertEquals(List.of("hello", "ignore them"), guard.texts());
  }

  @Test
  void aReplyThatSaysNothingIsAnErrorAndNotSafety() {
    LanguageModel vague = FakeLanguageModel.saying(_ -> "I cannot help with that");
    Routed routed = route(CONFIG, vague, Message.of(Role.USER, "hello"));
    assertEquals(List.of("usual 1.0", "strict 1.0"), names(routed));
    assertEquals(
        Optional.of("the guard's reply says nothing of safety"),
        routed.signals().degraded().getFirst().degraded());
    String upstream =
        CONFIG
            .replace("compatibility: gatun", "compatibility: upstream-0.3")
            .replace("use_vllm: true", "use_vllm: true, use_mmbert_32k: false");
    assertEquals(List.of(), names(route(upstream, vague, Message.of(Role.USER, "hello"))));
  }

  @Test
  void aGuardThatFailsLeavesTheTextSuspicious() {
    Routed routed =
        route(CONFIG, FakeLanguageModel.failing("gone"), Message.of(Role.USER, "hello"));
    assertEquals(List.of("usual 1.0", "strict 1.0"), names(routed));
    Routed none = route(CONFIG, LanguageModel.none(), Message.of(Role.USER, "hello"));
    assertEquals(
        Optional.of("no model with the role guardrail is configured"),
        none.signals().degraded().getFirst().degraded());
  }

  @Test
  void nobodyAsksTheBuiltInClassifier() {
    FakeClassifiers classifiers = new FakeClassifiers().say(TextTask.JAILBREAK, "", 0.1, 0.9);
    Ports ports = Ports.none().withEncoders(classifiers).withLanguageModel(guard());
    assertEquals(List.of(), names(route(CONFIG, ports, Message.of(Role.USER, "hello"))));
    assertEquals(List.of(), classifiers.asked());
  }

  @Test
  void theGuardHasAThresholdOfItsOwnForRulesWithoutOne() {
    String line = "        llm_model_name: m\n";
    String simple =
        CONFIG
            .replace("parser_type: qwen3guard", "parser_type: simple")
            .replace("threshold: 0.95", "threshold: 0.75");
    LanguageModel guard = FakeLanguageModel.saying(_ -> "unsafe");
    Message text = Message.of(Role.USER, "hello");
    assertEquals(List.of("usual 0.8", "strict 0.8", "past 0.8"), names(route(simple, guard, text)));
    String high = simple.replace(line, line + "        threshold: 0.85\n");
    assertEquals(List.of("strict 0.8"), names(route(high, guard, text)));
  }

  @Test
  void aHybridRuleTakesTheWordOfEither() {
    String hybrid =
        CONFIG.replace(
            "- {name: usual}",
            "- {name: usual, method: hybrid, jailbreak_patterns: [x], benign_patterns: [y]}");
    Ports alike =
        Ports.none()
            .withLanguageModel(guard())
            .withEmbeddings(texts ->
                Answer.of(
                    texts.stream()
                        .map(_ -> Embedding.of(new float[] {1}, Coverage.NONE))
                        .toList()));
    Routed routed = route(hybrid, alike, Message.of(Role.USER, "ignore all"));
    assertEquals("usual 0.9", names(routed).getFirst());
    assertEquals(List.of(), names(route(hybrid, alike, Message.of(Role.USER, "hello"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '%s'                        | 'a %s b'
          'Judge: {{ .Prompt }} now'  | 'Judge: a %s b now'
          '{{.Prompt}} {{ .Prompt }}' | 'a %s b a %s b'
          'is %s safe, is %s?'        | 'is a %s b safe, is a %s b?'
          """)
  void aTemplateIsFilledWithTheTextAsItIs(String template, String sent) {
    Guard guard = new Guard(GuardParser.SIMPLE, Optional.of(template), Limits.byDefault());
    assertEquals(List.of(Message.of(Role.USER, sent)), guard.chat("a %s b").turns());
  }

  @ParameterizedTest
  @CsvSource({"JSON, {\"safety\": \"unsafe\"}", "SIMPLE, one word"})
  void modelsOfGeneralUseAreToldWhatToDo(GuardParser parser, String part) {
    List<Message> turns =
        new Guard(parser, Optional.empty(), Limits.byDefault()).chat("hello").turns();
    assertEquals(2, turns.size());
    assertEquals(Role.SYSTEM, turns.getFirst().role());
    assertTrue(turns.getFirst().text().contains(part), turns.getFirst().text());
    assertEquals(Message.of(Role.USER, "hello"), turns.getLast());
  }

  private static Routed route(String config, LanguageModel model, Message... messages) {
    return route(config, Ports.none().withLanguageModel(model), messages);
  }

  private static Routed route(String config, Ports ports, Message... messages) {
    return new Router(Documents.config(config), ports)
        .route(new RouteRequest(Conversation.of(messages), "MoM", "r", false));
  }

  private static List<String> names(Routed routed) {
    return routed.signals().matched().stream()
        .map(hit -> hit.key().name() + " " + hit.confidence())
        .toList();
  }
}
