package dev.gatun.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Attachments.Attachment;
import dev.gatun.router.config.ConfigDecoder;
import dev.gatun.router.config.DecodeOptions;
import dev.gatun.router.config.Decoded;
import dev.gatun.router.config.Documents;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.model.Message;
import dev.gatun.router.model.Role;
import dev.gatun.router.port.FakeEmbeddings;
import dev.gatun.router.port.Ports;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits.Hit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Families that compare sentence vectors, from a file to a decision. */
class ComparisonRouteTest {
  private static final String CONFIG =
      """
      routing:
        modelCards: [{name: small}, {name: large}]
        signals:
          keywords: [{name: formal, operator: OR, keywords: [theorem]}]
          embeddings:
            - {name: money, threshold: 0.3, candidates: [refund]}
            - {name: post, threshold: 0.3, candidates: [parcel]}
          complexity:
            - name: c
              threshold: 0.2
              hard: {candidates: [proof]}
              easy: {candidates: [poem]}
              composer: {operator: OR, conditions: [{type: keyword, name: formal}]}
          reasks: [{name: again, threshold: 0.9}]
          kb: [{name: secret, kb: own, target: {kind: group, value: closed}}]
        projections:
          scores:
            - name: open
              method: weighted_sum
              inputs: [{type: kb_metric, kb: own, metric: openness, weight: 1}]
          mappings:
            - name: band
              source: open
              method: threshold_bands
              outputs: [{name: public, gte: 0.5}, {name: private, lt: 0.5}]
        decisions:
          - {name: again, priority: 5, rules: {type: reask, name: again}}
          - {name: hard, priority: 4, rules: {type: complexity, name: "c:hard"}}
          - {name: money, priority: 3, rules: {type: embedding, name: money}}
          - {name: post, priority: 2, rules: {type: embedding, name: post}}
          - {name: secret, priority: 1, rules: {type: kb, name: secret}}
          - {name: public, priority: 0, rules: {type: projection, name: public}}
      providers:
        defaults: {default_model: small}
        models: [{name: small, backend_refs: [{endpoint: "127.0.0.1:1"}]}]
      global:
        model_catalog:
          kbs:
            - name: own
              source: {path: own}
              threshold: 0.6
              groups: {open: [weather], closed: [salary]}
              metrics:
                - name: openness
                  type: group_margin
                  positive_group: open
                  negative_group: closed
      """;

  private static final String MANIFEST =
      "labels: {weather: {exemplars: [sunshine]}, salary: {exemplars: [wages]}}";

  private final FakeEmbeddings embeddings =
      new FakeEmbeddings("refund", "parcel", "proof", "poem", "sunshine", "wages");

  private final Router router = router();

  private Router router() {
    Decoded decoded =
        ConfigDecoder.decode(
            Documents.yaml(CONFIG),
            new DecodeOptions(
                true,
                Optional.empty(),
                name -> Optional.empty(),
                path -> new Attachment.Found(Documents.yaml(MANIFEST))));
    return new Router(
        decoded
            .config()
            .orElseThrow(() -> new AssertionError(Documents.render(decoded.diagnostics()))),
        Ports.none().withEmbeddings(embeddings));
  }

  private Routed route(String... turns) {
    List<Message> messages =
        List.of(turns).stream().map(turn -> Message.of(Role.USER, turn)).toList();
    return router.route(
        new RouteRequest(new Conversation(messages, List.of(), ""), "MoM", "request", true));
  }

  private static String decision(Routed routed) {
    return routed.verdict().winner().map(w -> w.decision().name()).orElse("");
  }

  @Test
  void theBestEmbeddingRuleDecides() {
    Routed routed = route("refund parcel parcel");
    assertEquals("post", decision(routed));
    List<Hit> kept = routed.signals().matched(Family.EMBEDDING);
    assertEquals(List.of("post"), kept.stream().map(hit -> hit.key().name()).toList());
  }

  @Test
  void aComposerDecidesWhetherComplexityCounts() {
    assertEquals("hard", decision(route("proof theorem")));
    assertTrue(route("proof").signals().matched(Family.COMPLEXITY).isEmpty());
  }

  @Test
  void aQuestionAskedAgainIsNoticed() {
    assertEquals("again", decision(route("refund parcel", "refund parcel")));
    assertEquals("money", decision(route("poem", "refund")));
  }

  @Test
  void knowledgeBasesFeedRulesAndProjections() {
    assertEquals("secret", decision(route("wages")));
    assertEquals("public", decision(route("sunshine")));
  }

  @Test
  void everyTextIsEmbeddedOnceAndTogether() {
    int atStart = embeddings.calls().size();
    assertEquals(3, atStart);
    route("poem", "refund");
    List<List<String>> calls = embeddings.calls().subList(atStart, embeddings.calls().size());
    assertEquals(1, calls.size());
    assertEquals(List.of("poem", "refund"), calls.getFirst().stream().sorted().toList());
  }
}
