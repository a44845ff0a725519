package dev.gatun.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Documents;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Encoders;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.Tasks;
import dev.gatun.router.port.TextTask;
import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RouterTest {
  private static final String CONFIG =
      """
      version: v0.3
      providers:
        defaults: {default_model: small}
        models:
          - {name: small, backend_refs: [{endpoint: "127.0.0.1:8000"}]}
          - {name: large, backend_refs: [{endpoint: "127.0.0.1:8001"}]}
      routing:
        modelCards:
          - {name: small, loras: [{name: sql-expert}]}
          - {name: large}
        signals:
          keywords:
            - {name: urgent, operator: OR, keywords: [asap, urgent]}
          domains:
            - {name: math, mmlu_categories: [math]}
            - {name: law, mmlu_categories: [law]}
        decisions:
          - name: hard
            priority: 100
            rules: {operator: AND, conditions: [{type: domain, name: math}]}
            modelRefs: [{model: large, use_reasoning: true}]
          - name: quick
            priority: 200
            rules: {operator: AND, conditions: [{type: keyword, name: urgent}]}
            modelRefs: [{model: small, lora_name: sql-expert}]
          - name: legal
            priority: 50
            rules: {operator: AND, conditions: [{type: domain, name: law}]}
          - name: shared
            priority: 10
            rules: {operator: AND, conditions: [{type: keyword, name: urgent}]}
            modelRefs: [{model: small, weight: 1}, {model: large, weight: 1}]
      """;

  @Test
  void theDecisionThatMatchesBestChoosesTheModel() {
    Routed routed = route("integrate x squared", "MoM");
    assertEquals("large", selected(routed).model());
    assertEquals("single", selected(routed).method());
    assertEquals("hard", routed.verdict().winner().orElseThrow().decision().name());
    assertEquals("math", routed.verdict().winner().orElseThrow().category().orElseThrow());
    assertTrue(selected(routed).candidate().orElseThrow().reasoning().orElseThrow());
  }

  @Test
  void anAdapterIsAskedForByItsName() {
    assertEquals("sql-expert", selected(route("reply ASAP", "auto")).model());
  }

  @Test
  void theDefaultModelAnswersWhenNothingMatches() {
    Routed routed = route("hello", "MoM");
    assertEquals("small", selected(routed).model());
    assertEquals("", selected(routed).method());
    assertTrue(routed.verdict().winner().isEmpty());
  }

  @Test
  void theDefaultModelAnswersForADecisionWithoutModels() {
    Routed routed = route("my contract", "MoM");
    assertEquals("small", selected(routed).model());
    assertEquals("default", selected(routed).method());
  }

  @Test
  void anExplicitModelIsKeptWhateverWasDecided() {
    Routed routed = route("integrate x squared", "small");
    assertEquals(new Outcome.Kept("small"), routed.outcome());
    assertTrue(routed.verdict().winner().isPresent());
    assertEquals(new Outcome.Kept("sql-expert"), route("hello", "sql-expert").outcome());
  }

  @Test
  void anUnknownModelComesWithNamesLikeIt() {
    assertEquals(
        new Outcome.UnknownModel("smal", List.of("small")), route("hello", "smal").outcome());
  }

  @Test
  void withoutADefaultModelNothingMatchingIsSaid() {
    String text = CONFIG.replace("defaults: {default_model: small}", "defaults: {}");
    Router router = new Router(Documents.config(text), ports());
    Routed routed = router.route(request("hello", "MoM"));
    assertEquals(new Outcome.NoModel("MoM"), routed.outcome());
  }

  @Test
  void aRequestWithoutTextIsNotDecided() {
    Router router = new Router(Documents.config(CONFIG), ports());
    Routed routed = router.route(new RouteRequest(Conversation.of(), "MoM", "r", true));
    assertEquals("small", selected(routed).model());
    assertTrue(routed.signals().runs().isEmpty());
  }

  @Test
  void onlyTheNewestUserTurnIsJudged() {
    Conversation conversation =
        Conversation.of(
            Message.of(Role.USER, "urgent"),
            Message.of(Role.ASSISTANT, "asap"),
            Message.of(Role.USER, "hello"));
    Router router = new Router(Documents.config(CONFIG), ports());
    assertTrue(
        router
            .route(new RouteRequest(conversation, "MoM", "r", false))
            .verdict()
            .winner()
            .isEmpty());
  }

  @Test
  void onlyFamiliesThatRulesNameAreAsked() {
    List<String> asked = new ArrayList<>();
    Encoders recording = encoders(asked);
    String keywordsOnly =
        CONFIG
            .replace("type: domain, name: math", "type: keyword, name: urgent")
            .replace("type: domain, name: law", "type: keyword, name: urgent");
    new Router(Documents.config(keywordsOnly), Ports.none().withEncoders(recording))
        .route(request("hello", "MoM"));
    assertTrue(asked.isEmpty());
  }

  @Test
  void aFamilyThatCannotAnswerIsDegradedAndTheRestDecides() {
    Router router = new Router(Documents.config(CONFIG), Ports.none());
    Routed routed = router.route(request("urgent", "MoM"));
    assertEquals("quick", routed.verdict().winner().orElseThrow().decision().name());
    assertEquals(Family.DOMAIN, routed.signals().degraded().getFirst().family());
  }

  @Test
  void aFamilyThatDoesNotRunYetIsDegradedToo() {
    String text =
        """
        routing:
          signals: {preferences: [{name: brief, description: short}]}
          decisions: [{name: d, rules: {type: preference, name: brief}}]
        """;
    Routed routed = new Router(Documents.config(text), ports()).route(request("hallo", "MoM"));
    assertEquals(Family.PREFERENCE, routed.signals().degraded().getFirst().family());
    assertEquals(new Outcome.NoModel("MoM"), routed.outcome());
  }

  /** Nobody waits for it: families that were not asked are not, and nothing is decided. */
  @Test
  void aWithdrawnRequestIsNotEvaluatedFurther() {
    Tasks withdrawn =
        new Tasks() {
          @Override
          public <T> Pending<T> begin(Supplier<Answer<T>> work) {
            return Tasks.byWaiting().begin(work);
          }

          @Override
          public boolean isWithdrawn() {
            return true;
          }
        };
    List<String> asked = new ArrayList<>();
    Ports ports = Ports.none().withEncoders(encoders(asked)).withTasks(withdrawn);
    Routed routed =
        new Router(Documents.config(CONFIG), ports).route(request("urgent integral", "MoM"));

    assertEquals(new Outcome.Withdrawn(), routed.outcome());
    assertEquals(List.of(Family.KEYWORD), families(routed));
    assertTrue(routed.verdict().winner().isEmpty());
    assertEquals(List.of(), asked);
  }

  @Test
  void everyFamilyIsTimedByTheInjectedClock() {
    long[] now = {0};
    Ports ports = ports().withTicker(() -> now[0] += 1000);
    Routed routed = new Router(Documents.config(CONFIG), ports).route(request("hi", "MoM"));
    // The family that waits for a model looks twice more: for how long it may, and when it
    // answered.
    assertEquals(
        List.of(3000L, 1000L), routed.signals().runs().stream().map(r -> r.nanos()).toList());
    assertEquals(10_000L, routed.nanos());
  }

  @Test
  void anExplanationIsMadeOnlyWhenAskedFor() {
    assertEquals(4, route("hi", "MoM").explanation().orElseThrow().decisions().size());
    Router router = new Router(Documents.config(CONFIG), ports());
    RouteRequest quiet = new RouteRequest(Conversation.ofUser("hi"), "MoM", "r", false);
    assertTrue(router.route(quiet).explanation().isEmpty());
  }

  @Test
  void aMissingClassifierIsAProblemOfTheStart() {
    List<Readiness.Problem> problems = Readiness.of(Documents.config(CONFIG), Ports.none());
    assertEquals(1, problems.size());
    assertEquals(Readiness.Weight.MISSING, problems.getFirst().weight());
    assertTrue(Readiness.of(Documents.config(CONFIG), ports()).isEmpty());
  }

  @Test
  void aDomainThatTheClassifierDoesNotKnowIsReported() {
    String text = CONFIG.replace("mmlu_categories: [law]", "mmlu_categories: [biology]");
    List<Readiness.Problem> problems = Readiness.of(Documents.config(text), ports());
    assertEquals(1, problems.size());
    assertEquals(Readiness.Weight.NOTED, problems.getFirst().weight());
  }

  private static final String RECIPES =
      """
      recipes:
        - name: careful
          routing:
            strategy: confidence
            signals:
              keywords: [{name: urgent, operator: OR, keywords: [slowly]}]
            decisions:
              - {name: quick, rules: {type: keyword, name: urgent}, modelRefs: [{model: large}]}
      entrypoints:
        - {model_names: [house/careful], recipe: careful}
        - {model_names: [house/usual], recipe: default}
      """;

  @Test
  void theRequestedNameChoosesTheRecipe() {
    Router router = new Router(Documents.config(CONFIG + RECIPES), ports());
    Routed careful = router.route(request("slowly", "house/careful"));

    assertEquals("careful", careful.profile().name());
    assertEquals("large", selected(careful).model());
    assertEquals("quick", careful.verdict().winner().orElseThrow().decision().name());
    Routed usual = router.route(request("slowly", "house/usual"));
    assertEquals("default", usual.profile().name());
    assertEquals("small", selected(usual).model());
    assertTrue(usual.verdict().winner().isEmpty());
    Routed urgent = router.route(request("urgent", "house/careful"));
    assertTrue(urgent.verdict().winner().isEmpty());
    assertEquals(List.of(Family.KEYWORD), families(urgent));
    assertEquals(List.of(Family.DOMAIN, Family.KEYWORD), families(usual));
  }

  @Test
  void everyOtherNameIsAnsweredByTheDefaultRecipe() {
    Router router = new Router(Documents.config(CONFIG + RECIPES), ports());

    for (String name : List.of("auto", "MoM", "small", "nobody")) {
      assertEquals("default", router.route(request("hi", name)).profile().name());
    }
    assertEquals(new Outcome.Kept("small"), router.route(request("hi", "small")).outcome());
    assertTrue(router.isAutomatic("house/careful") && router.isAutomatic("house/usual"));
    assertEquals(
        new Outcome.UnknownModel("house/carefull", List.of("house/careful")),
        router.route(request("hi", "house/carefull")).outcome());
  }

  /** A name of an entry point is never sent to a backend. */
  @Test
  void aRecipeWithoutAMatchAndADefaultModelNamesItsAlias() {
    String text = CONFIG.replace("defaults: {default_model: small}", "defaults: {}") + RECIPES;
    Router router = new Router(Documents.config(text), ports());

    assertEquals(
        new Outcome.NoModel("house/careful"),
        router.route(request("hello", "house/careful")).outcome());
  }

  @Test
  void severalAutomaticNamesAskForRouting() {
    String text = CONFIG + "global: {router: {auto_model_names: [clever]}}\n";
    Router router = new Router(Documents.config(text), ports());

    for (String name : List.of("clever", "MoM", "auto")) {
      assertEquals("large", selected(router.route(request("integrate x", name))).model());
    }
  }

  /** A start needs what any recipe needs. */
  @Test
  void modelsOfAllRecipesMustBeThere() {
    String keywordsOnly =
        CONFIG
            .replace("type: domain, name: math", "type: keyword, name: urgent")
            .replace("type: domain, name: law", "type: keyword, name: urgent");
    String recipes = RECIPES.replace("type: keyword, name: urgent", "type: domain, name: law");
    List<Readiness.Problem> problems =
        Readiness.of(Documents.config(keywordsOnly + recipes), Ports.none());

    assertEquals(List.of(Family.DOMAIN), problems.stream().map(p -> p.family()).toList());
    assertEquals(1, Readiness.of(Documents.config(CONFIG + recipes), Ports.none()).size());
  }

  private static List<Family> families(Routed routed) {
    return routed.signals().runs().stream().map(run -> run.family()).toList();
  }

  private static Routed route(String text, String model) {
    return new Router(Documents.config(CONFIG), ports()).route(request(text, model));
  }

  private static RouteRequest request(String text, String model) {
    return new RouteRequest(Conversation.ofUser(text), model, "request-1", true);
  }

  private static Outcome.Selected selected(Routed routed) {
    return assertInstanceOf(Outcome.Selected.class, routed.outcome());
  }

  private static Ports ports() {
    return Ports.none().withEncoders(encoders(new ArrayList<>()));
  }

  /** Knows two words and is sure of each. */
  private static Encoders encoders(List<String> asked) {
    return new Encoders() {
      @Override
      public List<String> labels(TextTask task) {
        return task == TextTask.DOMAIN ? List.of("math", "law", "other") : List.of();
      }

      @Override
      public Answer<Map<TextTask, Distribution>> classify(String text, Set<TextTask> tasks) {
        asked.add(text);
        List<Double> p = List.of(0.01, 0.01, 0.98);
        if (text.contains("integrate")) {
          p = List.of(0.98, 0.01, 0.01);
        } else if (text.contains("contract")) {
          p = List.of(0.01, 0.98, 0.01);
        }
        return Answer.of(Map.of(TextTask.DOMAIN, Distribution.of(labels(TextTask.DOMAIN), p)));
      }
    };
  }
}
