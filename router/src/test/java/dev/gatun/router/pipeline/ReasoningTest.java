package dev.gatun.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Documents;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.config.Target;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.pipeline.Reasoning.Changes;
import dev.gatun.router.pipeline.Reasoning.Mode;
import dev.gatun.router.pipeline.Reasoning.Setting;
import dev.gatun.router.pipeline.Reasoning.Value;
import dev.gatun.router.port.Ports;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReasoningTest {
  private static final String CONFIG =
      """
      providers:
        defaults:
          default_model: flag
          default_reasoning_effort: low
          reasoning_families:
            flags: {type: chat_template_kwargs, parameter: enable_thinking}
            efforts: {type: reasoning_effort, parameter: reasoning_effort}
            beside: {type: top_level_reasoning_effort, parameter: thinking_effort}
        models:
          - {name: flag, reasoning_family: flags, backend_refs: [{endpoint: a}]}
          - {name: effort, reasoning_family: efforts, backend_refs: [{endpoint: b}]}
          - {name: beside, reasoning_family: beside, backend_refs: [{endpoint: c}]}
          - {name: plain, backend_refs: [{endpoint: d}]}
      routing:
        modelCards:
          - {name: flag, loras: [{name: tuned}]}
          - {name: effort}
          - {name: beside}
          - {name: plain}
        signals:
          keywords:
            - {name: model, operator: OR, method: regex, keywords: ["^use"]}
        decisions:
          - name: d
            rules: {type: keyword, name: model}
            modelRefs: [%s]
      """;

  private static final Value LOW = new Value.Effort("low");
  private static final Value HIGH = new Value.Effort("high");

  @Test
  void aFlagIsAlwaysToldAndTakesThePlaceOfTheEffort() {
    assertEquals(
        told(true, "enable_thinking", new Value.Flag(true)),
        chosen("{model: flag, use_reasoning: true}").changes(false, false));
    Reasoning off = chosen("{model: flag}");
    assertEquals(Mode.OFF, off.mode());
    assertEquals(told(true, "enable_thinking", new Value.Flag(false)), off.changes(true, false));
    assertEquals(off.changes(true, false), off.changes(false, true), "whoever serves it");
  }

  @Test
  void theDefaultModelAndAdaptersAreToldAsTheirBase() {
    Changes off = told(true, "enable_thinking", new Value.Flag(false));
    assertEquals(
        off, reasoning(config("{model: plain}", ""), "hello", "auto").changes(true, false));
    assertEquals(off, chosen("{model: flag, lora_name: tuned}").changes(true, false));
    assertEquals(off, chosen("{model: tuned}").changes(true, false));
  }

  @Test
  void anEffortStandsInTheTemplateButAtOpenAiBesideTheMessages() {
    Reasoning on = chosen("{model: effort, use_reasoning: true, reasoning_effort: high}");
    assertEquals(told(true, "reasoning_effort", HIGH), on.changes(true, false));
    assertEquals(
        new Changes(false, Optional.of(new Setting(false, "reasoning_effort", HIGH))),
        on.changes(true, true),
        "written over");
    assertEquals(Optional.of("high"), on.effort());
    assertEquals(
        told(true, "reasoning_effort", LOW),
        chosen("{model: effort, use_reasoning: true}").changes(false, false));
  }

  @Test
  void withoutADefaultTheEffortIsMedium() {
    RouterConfig config =
        Documents.config(
            CONFIG
                .formatted("{model: effort, use_reasoning: true}")
                .replace("    default_reasoning_effort: low\n", ""));
    assertEquals(Optional.of("medium"), reasoning(config, "use it", "auto").effort());
  }

  @Test
  void whileItIsOffAClientsEffortIsKeptAndNoneIsMadeUp() {
    Reasoning off = chosen("{model: effort, use_reasoning: false}");
    assertEquals(
        told(true, "reasoning_effort", new Value.OfClient()), off.changes(true, false), "moved");
    assertEquals(Changes.NONE, off.changes(false, false));
    assertEquals(Changes.NONE, off.changes(true, true), "OpenAI's own place");
    assertEquals(Optional.empty(), off.effort());
  }

  @Test
  void anEffortBesideTheMessagesTakesThePlaceOfTheClients() {
    Reasoning on = chosen("{model: beside, use_reasoning: true}");
    Setting setting = new Setting(false, "thinking_effort", LOW);
    assertEquals(new Changes(true, Optional.of(setting)), on.changes(true, false));
    assertEquals(Changes.NONE, chosen("{model: beside}").changes(true, false));
  }

  @Test
  void aModelWithoutAFamilyKeepsWhatTheClientWrote() {
    Reasoning on = chosen("{model: plain, use_reasoning: true}");
    assertEquals(Mode.ON, on.mode());
    assertEquals(Changes.NONE, on.changes(true, false));
    assertEquals(Optional.empty(), on.effort());
  }

  @Test
  void whoNamesAModelDecidesAboutItsReasoning() {
    Reasoning kept = reasoning(config("{model: plain}", ""), "use it", "effort");
    assertEquals(Mode.CLIENT, kept.mode());
    assertEquals(Changes.NONE, kept.changes(true, false));
    Reasoning unknown = reasoning(config("{model: plain}", ""), "use it", "nobody");
    assertEquals(Mode.OFF, unknown.mode());
  }

  /** As v0.3 does, where the file declares families. */
  @Test
  void upstreamTakesEffortsOutAndAsksForTheLeast() {
    Changes taken = new Changes(true, Optional.empty());
    assertEquals(taken, upstream("{model: plain}").changes(true, false));
    assertEquals(
        told(true, "reasoning_effort", LOW), upstream("{model: effort}").changes(false, false));
    assertEquals(
        told(true, "reasoning_effort", new Value.OfClient()),
        upstream("{model: effort}").changes(true, false));
    Reasoning kept = reasoning(config("{model: plain}", "upstream-0.3"), "use it", "effort");
    assertEquals(Mode.OFF, kept.mode());
    assertEquals(Changes.NONE, kept.changes(true, false));
  }

  @Test
  void openAiIsKnownByItsProviderAndItsHost() {
    Target itself = Target.parse("https://API.openai.com/v1", "").orElseThrow();
    Target other = Target.parse("https://openai.example.com/v1", "").orElseThrow();
    assertTrue(Reasoning.isOpenAi("openai", itself));
    assertTrue(!Reasoning.isOpenAi("openai", other) && !Reasoning.isOpenAi("gemini", itself));
  }

  private static Changes told(boolean inTemplate, String parameter, Value value) {
    return new Changes(true, Optional.of(new Setting(inTemplate, parameter, value)));
  }

  private static Reasoning chosen(String candidate) {
    return reasoning(config(candidate, ""), "use it", "auto");
  }

  private static Reasoning upstream(String candidate) {
    return reasoning(config(candidate, "upstream-0.3"), "use it", "auto");
  }

  private static RouterConfig config(String candidate, String semantics) {
    String global = "global: {router: {compatibility: \"" + semantics + "\"}}\n";
    return Documents.config(CONFIG.formatted(candidate) + global);
  }

  private static Reasoning reasoning(RouterConfig config, String text, String model) {
    Routed routed =
        new Router(config, Ports.none())
            .route(new RouteRequest(Conversation.ofUser(text), model, "r", false));
    return Reasoning.of(routed.outcome(), config);
  }
}
