package dev.gatun.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.config.Documents;
import dev.gatun.router.model.Conversation;
import dev.gatun.router.signal.Family;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code global.router.lazy_signals} leaves out, and that it changes no decision. */
class LazySignalsTest {
  private static final int FILES = 250;
  private static final int REQUESTS = 12;

  private final HashedModels models = new HashedModels();

  /** Neither the decision nor who answers may depend on whether everything was asked. */
  @Test
  void theSameDecisionWinsAndTheSameModelAnswers() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int skipped = 0;
    int won = 0;
    for (int i = 0; i < FILES; i++) {
      String text = RandomPolicy.document(random);
      Router all = new Router(Documents.config(text), models.ports());
      Router lazy = new Router(Documents.config(RandomPolicy.lazy(text)), models.ports());
      for (int j = 0; j < REQUESTS; j++) {
        String words = RandomPolicy.request(random);
        Routed expected = all.route(request(words));
        Routed found = lazy.route(request(words));
        String where = "seed " + seed + ", request \"" + words + "\"\n" + text;

        assertEquals(decision(expected), decision(found), where);
        assertEquals(comparable(expected.outcome()), comparable(found.outcome()), where);
        assertTrue(expected.signals().skipped().isEmpty(), where);
        skipped += found.signals().skipped().size();
        won += decision(found).isPresent() ? 1 : 0;
      }
    }
    // Otherwise nothing has been shown.
    assertTrue(skipped > FILES, skipped + " skipped");
    assertTrue(won > FILES && won < FILES * REQUESTS, won + " won");
  }

  @Test
  void byDefaultEverythingIsAsked() {
    Routed routed = route("", QUICK_FIRST, "urgent");

    assertEquals(Set.of(), routed.signals().skipped());
    assertEquals(
        EnumSet.of(Family.KEYWORD, Family.DOMAIN, Family.EMBEDDING, Family.PII), asked(routed));
  }

  @Test
  void whatRulesAloneDecideAsksNoModel() {
    Routed routed = route(LAZY, QUICK_FIRST, "urgent");

    assertEquals(Optional.of("quick"), decision(routed));
    assertEquals(EnumSet.of(Family.KEYWORD), asked(routed));
    assertEquals(
        EnumSet.of(Family.DOMAIN, Family.EMBEDDING, Family.PII), routed.signals().skipped());
    assertEquals(0, models.asked());
  }

  /** The vector of a text is cheaper than a classifier, and that than a label for every word. */
  @Test
  void theCheapestIsAskedFirst() {
    Routed routed = route(LAZY, QUICK_FIRST, "verse");

    assertEquals(Optional.of("poem"), decision(routed));
    assertEquals(EnumSet.of(Family.KEYWORD, Family.EMBEDDING), asked(routed));
    assertEquals(EnumSet.of(Family.DOMAIN, Family.PII), routed.signals().skipped());
  }

  @Test
  void whatMayStillWinIsAsked() {
    Routed routed = route(LAZY, QUICK_FIRST, "math calm");

    assertEquals(Optional.empty(), decision(routed));
    assertEquals(
        EnumSet.of(Family.KEYWORD, Family.DOMAIN, Family.EMBEDDING, Family.PII), asked(routed));
    assertEquals(Set.of(), routed.signals().skipped());
  }

  /** A decision above the one that holds already is waited for. */
  @Test
  void aGuardAboveAllOthersIsAsked() {
    Routed routed = route(LAZY, GUARDED, "urgent attack");

    assertEquals(Optional.of("blocked"), decision(routed));
    assertEquals(EnumSet.of(Family.DOMAIN), routed.signals().skipped());
  }

  /** What would refuse a request is asked even where no decision could change. */
  @Test
  void aGuardThatRefusesIsNeverSkipped() {
    String guard = GUARDED.replace("priority: 9", "priority: 0");
    assertEquals(
        EnumSet.of(Family.DOMAIN, Family.JAILBREAK),
        route(LAZY, guard, "urgent").signals().skipped());

    String closed =
        LAZY.replace("}}", ", signals: {families: {jailbreak: {on_failure: closed}}}}}");
    Routed refused = route(closed, guard, "urgent broken");
    assertEquals(EnumSet.of(Family.DOMAIN), refused.signals().skipped());
    assertTrue(refused.outcome() instanceof Outcome.Refused, refused.outcome().toString());

    String failing = guard.replace("threshold: 0.5}", "threshold: 0.5, on_error: fail}");
    assertTrue(route(LAZY, failing, "urgent broken").outcome() instanceof Outcome.Refused);
    String open = LAZY.replace("}}", ", signals: {families: {jailbreak: {on_failure: open}}}}}");
    assertEquals(
        EnumSet.of(Family.DOMAIN, Family.JAILBREAK),
        route(open, failing, "urgent broken").signals().skipped());
  }

  /** The output of a mapping is known when everything behind it is. */
  @Test
  void projectionsAreAskedWhatTheyAreComputedFrom() {
    Routed routed = route(LAZY, PROJECTED, "urgent");

    assertEquals(Optional.of("demanding"), decision(routed));
    assertEquals(EnumSet.of(Family.KEYWORD, Family.DOMAIN), asked(routed));
    assertEquals(EnumSet.of(Family.PII), routed.signals().skipped());
  }

  /** Which domain made a decision match may decide which of its models answers. */
  @Test
  void theDomainIsAskedWhereItChoosesTheModel() {
    String one = CHOICE.replace(", {model: large}]", "]");
    assertEquals(EnumSet.of(Family.DOMAIN), route(LAZY, one, "urgent math").signals().skipped());

    Routed routed = route(LAZY, CHOICE, "urgent math");
    assertEquals(EnumSet.noneOf(Family.class), routed.signals().skipped());
    assertEquals(route("", CHOICE, "urgent math").outcome(), routed.outcome());
    assertTrue(
        routed.outcome() instanceof Outcome.Selected(var model, _, _, _) && model.equals("large"));
  }

  private static final String LAZY = "global: {router: {lazy_signals: true}}\n";

  private static final String SHARED =
      """
      providers:
        defaults: {default_model: small}
        models:
          - {name: small, backend_refs: [{endpoint: "127.0.0.1:8000"}]}
          - {name: large, backend_refs: [{endpoint: "127.0.0.1:8001"}]}
      """;

  private static final String SIGNALS =
      """
      routing:
        modelCards: [{name: small}, {name: large}]
        signals:
          keywords: [{name: urgent, operator: OR, keywords: [urgent]}]
          domains:
            - {name: math, mmlu_categories: [math],
               model_scores: [{model: small, score: 0.2}, {model: large, score: 0.9}]}
          embeddings: [{name: poem, candidates: [verse], threshold: 0.9, aggregation_method: best}]
          jailbreak: [{name: attack, threshold: 0.5}]
          pii: [{name: private, threshold: 0.5}]
      """;

  private static final String QUICK_FIRST =
      SIGNALS
          + """
            decisions:
              - {name: quick, priority: 3, rules: {type: keyword, name: urgent},
                 modelRefs: [{model: small}]}
              - {name: poem, priority: 2, rules: {type: embedding, name: poem},
                 modelRefs: [{model: small}]}
              - name: rest
                priority: 1
                rules:
                  operator: AND
                  conditions: [{type: domain, name: math}, {type: pii, name: private}]
                modelRefs: [{model: large}]
          """;

  private static final String GUARDED =
      SIGNALS
          + """
            decisions:
              - {name: blocked, priority: 9, rules: {type: jailbreak, name: attack},
                 modelRefs: [{model: small}]}
              - {name: quick, priority: 3, rules: {type: keyword, name: urgent},
                 modelRefs: [{model: small}]}
              - {name: exact, priority: 1, rules: {type: domain, name: math},
                 modelRefs: [{model: large}]}
          """;

  private static final String PROJECTED =
      SIGNALS
          + """
            projections:
              scores:
                - name: difficulty
                  method: weighted_sum
                  inputs:
                    - {type: keyword, name: urgent, weight: 0.5}
                    - {type: domain, name: math, weight: 0.5}
              mappings:
                - name: band
                  source: difficulty
                  method: threshold_bands
                  outputs: [{name: demanding, gte: 0.4}, {name: easy, lt: 0.4}]
            decisions:
              - {name: demanding, priority: 3, rules: {type: projection, name: demanding},
                 modelRefs: [{model: small}]}
              - {name: rest, priority: 1, rules: {type: pii, name: private},
                 modelRefs: [{model: small}]}
          """;

  private static final String CHOICE =
      SIGNALS
          + """
            decisions:
              - name: either
                rules:
                  operator: OR
                  conditions: [{type: domain, name: math}, {type: keyword, name: urgent}]
                modelRefs: [{model: small}, {model: large}]
          """;

  private Routed route(String global, String routing, String words) {
    Router router = new Router(Documents.config(SHARED + routing + global), models.ports());
    models.forget();
    return router.route(request(words));
  }

  private static RouteRequest request(String words) {
    return new RouteRequest(Conversation.ofUser(words), "auto", words, false);
  }

  private static Optional<String> decision(Routed routed) {
    return routed.verdict().winner().map(winner -> winner.decision().name());
  }

  /** Of several refusals any may be told. */
  private static Object comparable(Outcome outcome) {
    return outcome instanceof Outcome.Refused ? "refused" : outcome;
  }

  private static Set<Family> asked(Routed routed) {
    Set<Family> families = EnumSet.noneOf(Family.class);
    routed.signals().runs().forEach(run -> families.add(run.family()));
    return families;
  }
}
