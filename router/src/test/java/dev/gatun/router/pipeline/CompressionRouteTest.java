package dev.gatun.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Documents;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.Family;
import dev.gatun.router.text.TokenEstimate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Long texts are shortened before signals read them. */
class CompressionRouteTest {
  private static final String RULES =
      """
      routing:
        signals:
          keywords: [{name: needle, operator: OR, keywords: [needle]}]
          structure:
            - {name: question, feature: {type: exists, source: {type: regex, pattern: needle}}}
          context: [{name: long, min_tokens: 100}]
        decisions:
          - name: d
            rules:
              operator: OR
              conditions:
                - {type: keyword, name: needle}
                - {type: structure, name: question}
                - {type: context, name: long}
      global:
        model_catalog:
          modules:
            prompt_compression: %s
      """;

  /** The third sentence from the middle is like all others but for one word. */
  private static final String TEXT =
      "We begin here. "
          + "The same thing is said again and again. ".repeat(15)
          + "The same needle is said again and again. "
          + "The same thing is said again and again. ".repeat(15)
          + "What is asked?";

  @Test
  void signalsDoNotSeeWhatWasLeftOut() {
    Routed routed = route("{enabled: true, max_tokens: 30, novelty_weight: 0.01}", Ports.none());
    assertTrue(routed.signals().matched(Family.KEYWORD).isEmpty());
    assertTrue(routed.signals().matched(Family.STRUCTURE).isEmpty());
    assertTrue(routed.signals().compressed().orElseThrow().tokens() <= 30);
    assertTrue(routed.signals().compressed().orElseThrow().text().endsWith("What is asked?"));
  }

  @Test
  void skippedSignalsReadTheWholeText() {
    Routed routed =
        route(
            "{enabled: true, max_tokens: 30, skip_signals: [keyword, jailbreak, pii]}",
            Ports.none());
    assertEquals(1, routed.signals().matched(Family.KEYWORD).size());
    assertTrue(routed.signals().matched(Family.STRUCTURE).isEmpty());
  }

  @Test
  void theSizeOfTheRequestStaysThatOfTheWholeText() {
    Routed routed = route("{enabled: true, max_tokens: 30}", Ports.none());
    assertEquals(1, routed.signals().matched(Family.CONTEXT).size());
    assertEquals((TEXT.length() + 3) / 4, routed.contextTokens());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {enabled: false, max_tokens: 30}
          {enabled: true}
          {enabled: true, max_tokens: 5000}
          {enabled: true, max_tokens: 30, min_length: 100000}
          """)
  void otherwiseNothingIsShortened(String settings) {
    Routed routed = route(settings, Ports.none());
    assertFalse(routed.signals().compressed().isPresent());
    assertEquals(1, routed.signals().matched(Family.KEYWORD).size());
  }

  @Test
  void aLearnedRatioCounts() {
    Ports dense = Ports.none().withTokens(_ -> new TokenEstimate(1));
    Routed routed = route("{enabled: true, max_tokens: 1000}", dense);
    assertEquals(TEXT.length(), routed.contextTokens());
    assertTrue(routed.signals().compressed().isPresent());
    assertFalse(
        route("{enabled: true, max_tokens: 1000}", Ports.none())
            .signals()
            .compressed()
            .isPresent());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {enabled: true, profile: poetry, max_tokens: 9} | ERROR | "poetry"
          {enabled: true} | WARNING | write max_tokens
          {enabled: true, max_tokens: 9, skip_signals: [keywrod]} | ERROR | did you mean "keyword"?
          {enabled: true, max_tokens: 9, skip_signals: [projection]} | ERROR | no type of signals
          {enabled: true, max_tokens: 9, skip_signals: [pii]} | WARNING | add jailbreak
          {enabled: true, max_tokens: -1} | ERROR | max_tokens
          {enabled: true, max_tokens: 9, position_depth: 2} | ERROR | position_depth
          {enabled: true, max_tokens: 9, textrank: 1} | WARNING | textrank_weight
          """)
  void mistakesAreReported(String settings, String severity, String part) {
    String report = Documents.render(Documents.decode(RULES.formatted(settings)).diagnostics());
    assertTrue(
        report.lines().anyMatch(line -> line.startsWith(severity) && line.contains(part)), report);
  }

  @ParameterizedTest
  @CsvSource({"default, 3, 2", "CODING, 2, 4", "medical, 3, 2", "Security, 2, 3"})
  void aProfileHasItsWeights(String profile, int first, int last) {
    assertPreserved("{enabled: true, max_tokens: 9, profile: " + profile + "}", first, last);
  }

  @Test
  void whatIsWrittenOverridesTheProfile() {
    assertPreserved("{profile: Multi-Turn}", 2, 5);
    assertPreserved("{profile: multi_turn, preserve_first_n: 7, preserve_last_n: 0}", 7, 5);
  }

  private static void assertPreserved(String settings, int first, int last) {
    Decoded decoded = Documents.decode(RULES.formatted(settings));
    var weights = decoded.config().orElseThrow().global().compression().weights();
    assertEquals(first, weights.first());
    assertEquals(last, weights.last());
  }

  private static Routed route(String settings, Ports ports) {
    return new Router(Documents.config(RULES.formatted(settings)), ports)
        .route(new RouteRequest(Conversation.ofUser(TEXT), "auto", "id", false));
  }
}
