package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Documents;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.pipeline.Readiness;
import dev.gatun.router.pipeline.RouteRequest;
import dev.gatun.router.pipeline.Router;
import dev.gatun.router.port.Answer;
import dev.gatun.router.port.Distribution;
import dev.gatun.router.port.Languages;
import dev.gatun.router.port.Ports;
import dev.gatun.router.port.TextTask;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Families whose rules name an answer: fact_check, user_feedback, modality, language. */
class DetectorsTest {
  private static final String UPSTREAM = "global: {router: {compatibility: upstream-0.3}}\n";

  private static final String FACTS =
      """
      routing:
        signals: {fact_check: [{name: needs_fact_check}, {name: no_fact_check_needed}]}
        decisions:
          - {name: d, rules: {type: fact_check, name: needs_fact_check}}
      """;

  private static final String FEEDBACK =
      """
      routing:
        signals: {user_feedbacks: [{name: satisfied}, {name: wrong_answer}]}
        decisions: [{name: d, rules: {type: user_feedback, name: wrong_answer}}]
      """;

  private static final String PICTURES =
      """
      routing:
        signals: {modality: [{name: AR}, {name: diffusion}, {name: BOTH}]}
        decisions: [{name: d, rules: {type: modality, name: AR}}]
      global:
        model_catalog:
          modules:
            modality_detector:
              enabled: true
              method: METHOD
              keywords: [Draw]
              both_keywords: [explain]
              confidence_threshold: 0.8
              lower_threshold_ratio: 0.5
      """;

  private static final String LANGUAGES =
      """
      routing:
        signals: {language: [{name: en, threshold: 0.9}, {name: de}, {name: fr, threshold: 0}]}
        decisions: [{name: d, rules: {type: language, name: de}}]
      """;

  @Test
  void factsNeedACheckFromTheThresholdOn() {
    assertEquals(List.of("needs_fact_check 0.6"), facts("", 0.6));
    assertEquals(List.of("no_fact_check_needed 0.41"), facts("", 0.59));
    assertEquals(List.of("no_fact_check_needed 0.9"), facts("", 0.1));
  }

  @Test
  void upstreamRecordsNoConfidenceForFacts() {
    assertEquals(List.of("needs_fact_check 1.0"), facts(UPSTREAM, 0.7));
  }

  @Test
  void withoutAnAnswerNeitherOutcomeHolds() {
    SignalHits hits = hits(FACTS, Ports.none(), "Who was it?");
    assertEquals(List.of(), names(hits));
    assertEquals(Family.FACT_CHECK, hits.degraded().getFirst().family());
    assertEquals(
        List.of("no_fact_check_needed 1.0"),
        names(hits(UPSTREAM + FACTS, Ports.none(), "Who was it?")));
  }

  @Test
  void feedbackNeedsAnAnswerBefore() {
    Ports ports = feedback(0.05, 0.0, 0.9, 0.05);
    assertEquals(List.of(), names(hits(FEEDBACK, ports, "that is wrong")));
    assertEquals(List.of("wrong_answer 0.9"), names(hits(FEEDBACK, ports, reply())));
  }

  @Test
  void doubtfulFeedbackIsNoneAndUpstreamsSatisfaction() {
    Ports ports = feedback(0.2, 0.1, 0.6, 0.1);
    assertEquals(List.of(), names(hits(FEEDBACK, ports, reply())));
    assertEquals(List.of("satisfied 1.0"), names(hits(UPSTREAM + FEEDBACK, ports, reply())));
  }

  @Test
  void aUserWhoSaysNothingIsSatisfied() {
    Conversation silent = Conversation.of(Message.of(Role.ASSISTANT, "This."));
    for (String rules : List.of("", UPSTREAM)) {
      assertEquals(
          List.of("satisfied 1.0"),
          names(hits(rules + FEEDBACK, feedback(0.0, 0.0, 1.0, 0.0), silent)));
    }
  }

  @Test
  void keywordsTellPicturesFromText() {
    assertEquals(List.of("AR 0.8"), names(pictures("keyword", Ports.none(), "Write a poem")));
    assertEquals(List.of("diffusion 0.8"), names(pictures("keyword", Ports.none(), "draw a cat")));
    assertEquals(
        List.of("BOTH 0.75"), names(pictures("keyword", Ports.none(), "DRAW and Explain a cat")));
  }

  @Test
  void theClassifierTellsThemWhateverTheKeywords() {
    Ports ports = modality(0.4, 0.5, 0.1);
    assertEquals(List.of("diffusion 0.5"), names(pictures("classifier", ports, "a cat")));
  }

  @Test
  void aDoubtfulClassifierAsksTheKeywords() {
    assertEquals(
        List.of("AR 0.9"), names(pictures("hybrid", modality(0.9, 0.1, 0.0), "draw a cat")));
    assertEquals(List.of("AR 0.7"), names(pictures("hybrid", modality(0.6, 0.3, 0.1), "a cat")));
    assertEquals(
        List.of("AR 0.6"), names(pictures("hybrid", modality(0.6, 0.3, 0.1), "draw a cat")));
    assertEquals(
        List.of("diffusion 0.8"),
        names(pictures("hybrid", modality(0.39, 0.3, 0.31), "draw a cat")));
  }

  @Test
  void withoutAClassifierKeywordsAnswerAndTheFamilyIsDegraded() {
    SignalHits hits = pictures("classifier", Ports.none(), "draw a cat");
    assertEquals(List.of("diffusion 0.8"), names(hits));
    assertEquals(Family.MODALITY, hits.degraded().getFirst().family());
  }

  @Test
  void aLanguageCountsFromTheThresholdOfItsRule() {
    assertEquals(List.of("de 0.3"), languages("", "de", 0.3));
    assertEquals(List.of(), languages("", "de", 0.29));
    assertEquals(List.of(), languages("", "en", 0.8));
    assertEquals(List.of("fr 0.01"), languages("", "fr", 0.01));
    assertEquals(List.of(), languages("", "it", 0.99));
  }

  @Test
  void upstreamTakesDoubtForEnglishOfOneHalf() {
    assertEquals(List.of("de 1.0"), languages(UPSTREAM, "de", 0.95));
    assertEquals(List.of(), languages(UPSTREAM, "de", 0.5));
    String lower = LANGUAGES.replace("threshold: 0.9", "threshold: 0.5");
    assertEquals(
        List.of("en 1.0"), names(hits(UPSTREAM + lower, language("de", 0.4), "Guten Tag!")));
  }

  @Test
  void aShortTurnIsReadWithTheTurnsBefore() {
    List<String> read = new ArrayList<>();
    Languages recording =
        text -> {
          read.add(text);
          return Answer.of(Distribution.of(List.of("de"), List.of(1.0)));
        };
    Conversation conversation =
        Conversation.of(
            Message.of(Role.USER, "Was bedeutet das hier eigentlich?"),
            Message.of(Role.USER, "Noch mal"),
            Message.of(Role.USER, "ok"));
    hits(LANGUAGES, Ports.none().withLanguages(recording), conversation);
    assertEquals(List.of("Was bedeutet das hier eigentlich?\nNoch mal\nok"), read);
  }

  /** The system and the assistant say nothing of the user's language; upstream reads them. */
  @Test
  void onlyTheUsersOwnLanguageCounts() {
    Conversation silent =
        Conversation.of(
            Message.of(Role.SYSTEM, "Antworte kurz und freundlich."),
            Message.of(Role.ASSISTANT, "Guten Tag!"));
    assertEquals(List.of(), names(hits(LANGUAGES, language("de", 0.9), silent)));
    assertEquals(
        List.of("de 1.0"), names(hits(UPSTREAM + LANGUAGES, language("de", 0.95), silent)));
  }

  @Test
  void aDetectorThatIsOffIsToldAtTheStart() {
    RouterConfig config =
        Documents.config(
            PICTURES.replace("METHOD", "keyword").replace("enabled: true", "enabled: false"));
    Readiness.Problem problem = Readiness.of(config, Ports.none()).getFirst();
    assertEquals(Readiness.Weight.SWITCHED_OFF, problem.weight());
    assertTrue(problem.message().contains("modality_detector"), problem.message());
  }

  @Test
  void everyMissingModelStopsTheStartButNotThatOfAKeywordDetector() {
    for (String text : List.of(FACTS, FEEDBACK, LANGUAGES)) {
      assertEquals(
          Readiness.Weight.MISSING,
          Readiness.of(Documents.config(text), Ports.none()).getFirst().weight(),
          text);
    }
    String keyword = PICTURES.replace("METHOD", "keyword");
    assertEquals(List.of(), Readiness.of(Documents.config(keyword), Ports.none()));
  }

  private static List<String> facts(String global, double needed) {
    FakeClassifiers classifiers =
        new FakeClassifiers().say(TextTask.FACT_CHECK, "", 1 - needed, needed);
    return names(hits(global + FACTS, Ports.none().withEncoders(classifiers), "Who was it?"));
  }

  private static Ports feedback(Double... probabilities) {
    return Ports.none()
        .withEncoders(new FakeClassifiers().say(TextTask.USER_FEEDBACK, "", probabilities));
  }

  private static Ports modality(Double... probabilities) {
    return Ports.none()
        .withEncoders(new FakeClassifiers().say(TextTask.MODALITY, "", probabilities));
  }

  private static SignalHits pictures(String method, Ports ports, String text) {
    return hits(PICTURES.replace("METHOD", method), ports, text);
  }

  private static Ports language(String code, double probability) {
    return Ports.none()
        .withLanguages(
            _ -> Answer.of(Distribution.of(List.of(code, "xx"), List.of(probability, 0.0))));
  }

  private static List<String> languages(String global, String code, double probability) {
    return names(hits(global + LANGUAGES, language(code, probability), "some text of a user"));
  }

  private static Conversation reply() {
    return Conversation.of(
        Message.of(Role.USER, "What is it?"),
        Message.of(Role.ASSISTANT, "This."),
        Message.of(Role.USER, "that is wrong"));
  }

  private static SignalHits hits(String config, Ports ports, String text) {
    return hits(config, ports, Conversation.ofUser(text));
  }

  private static SignalHits hits(String config, Ports ports, Conversation conversation) {
    return new Router(Documents.config(config), ports)
        .route(new RouteRequest(conversation, "MoM", "r", false))
        .signals();
  }

  /** Names of matches with their confidence. */
  private static List<String> names(SignalHits hits) {
    return hits.matched().stream()
        .map(hit -> hit.key().name() + " " + Math.round(hit.confidence() * 1e6) / 1e6)
        .toList();
  }
}
