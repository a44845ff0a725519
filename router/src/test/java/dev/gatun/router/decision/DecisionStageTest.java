package dev.gatun.router.decision;

import static dev.gatun.router.rule.Rule.all;
import static dev.gatun.router.rule.Rule.any;
import static dev.gatun.router.rule.Rule.not;
import static dev.gatun.router.rule.Rule.on;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.decision.Verdict.DecidedBy;
import dev.gatun.router.decision.Verdict.Winner;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Coverage;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.FamilyRun;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class DecisionStageTest {
  private static final SignalKey A = new SignalKey(Family.KEYWORD, "a");
  private static final SignalKey B = new SignalKey(Family.KEYWORD, "b");
  private static final SignalKey C = new SignalKey(Family.DOMAIN, "c");
  private static final List<SignalKey> KEYS = List.of(A, B, C);
  private static final SignalTable TABLE = SignalTable.of(KEYS);

  @Test
  void confidenceOfAndIsTheMean() {
    assertEquals(0.5, confidence(all(on(A), on(B)), Map.of(A, 0.2, B, 0.8)));
  }

  @Test
  void confidenceOfOrIsTheHighest() {
    assertEquals(0.8, confidence(any(on(A), on(B)), Map.of(A, 0.2, B, 0.8)));
  }

  @Test
  void confidenceOfNotIsOne() {
    assertEquals(1.0, confidence(not(on(A)), Map.of()));
  }

  @Test
  void nothingToHoldHoldsWithConfidenceZero() {
    assertEquals(0.0, confidence(Rule.always(), Map.of()));
  }

  @Test
  void aConfidenceOfZeroStaysZero() {
    assertEquals(0.0, confidence(on(A), Map.of(A, 0.0)));
  }

  @Test
  void upstreamTakesAConfidenceOfZeroForCertainty() {
    DecisionStage stage = stage(Compatibility.UPSTREAM_0_3, Decision.of("d", 1, on(A)));
    assertEquals(1.0, winner(stage, Map.of(A, 0.0)).confidence());
  }

  @Test
  void orKeepsTheSignalsOfItsFirstBestBranch() {
    Rule rule = any(all(on(A), on(C)), on(B));
    Winner winner = winner(stage(Decision.of("d", 1, rule)), Map.of(A, 0.0, B, 0.0, C, 0.0));
    assertEquals(List.of(A, C), winner.signals());
    assertEquals("c", winner.category().orElseThrow());
  }

  @Test
  void theHigherPriorityWins() {
    Winner winner =
        winner(
            stage(Decision.of("low", 1, on(A)), Decision.of("high", 2, on(B))),
            Map.of(A, 0.9, B, 0.1));
    assertEquals("high", winner.decision().name());
    assertEquals(DecidedBy.PRIORITY, winner.decidedBy());
  }

  @Test
  void equalPrioritiesAreDecidedByConfidenceThenName() {
    DecisionStage stage = stage(Decision.of("y", 1, on(A)), Decision.of("x", 1, on(B)));
    assertEquals(DecidedBy.CONFIDENCE, winner(stage, Map.of(A, 0.9, B, 0.1)).decidedBy());
    Winner byName = winner(stage, Map.of(A, 0.5, B, 0.5));
    assertEquals("x", byName.decision().name());
    assertEquals(DecidedBy.NAME, byName.decidedBy());
  }

  @Test
  void aSingleMatchIsDecidedByNothingElse() {
    assertEquals(
        DecidedBy.ONLY_MATCH,
        winner(stage(Decision.of("d", 1, on(A))), Map.of(A, 0.9)).decidedBy());
  }

  @Test
  void underTheStrategyConfidenceItComesFirst() {
    DecisionStage stage =
        new DecisionStage(
            TABLE,
            List.of(Decision.of("sure", 1, on(A)), Decision.of("important", 9, on(B))),
            Strategy.CONFIDENCE,
            Compatibility.GATUN);
    assertEquals("sure", winner(stage, Map.of(A, 0.9, B, 0.1)).decision().name());
  }

  @Test
  void tiersRuleOverPriorityAndNoTierComesLast() {
    Decision untiered = Decision.of("untiered", 99, on(A));
    Decision second = Decision.of("second", 1, on(A)).withTier(2);
    Decision first = Decision.of("first", 1, on(B)).withTier(1);
    DecisionStage stage = stage(untiered, second, first);
    assertEquals("first", winner(stage, Map.of(A, 0.9, B, 0.1)).decision().name());
    Winner winner = winner(stage, Map.of(A, 0.9));
    assertEquals("second", winner.decision().name());
    assertEquals(DecidedBy.TIER, winner.decidedBy());
  }

  /** The regime does not depend on what happens to match, unlike upstream's. */
  @Test
  void tiersApplyAlsoWhenNoTieredDecisionMatches() {
    Decision likely = Decision.of("likely", 1, on(A));
    Decision important = Decision.of("important", 9, on(B));
    Decision tiered = Decision.of("tiered", 1, on(C)).withTier(1);
    Map<SignalKey, Double> hits = Map.of(A, 0.9, B, 0.1);
    assertEquals("likely", winner(stage(likely, important, tiered), hits).decision().name());
    assertEquals(
        "important",
        winner(stage(Compatibility.UPSTREAM_0_3, likely, important, tiered), hits)
            .decision()
            .name());
  }

  @Test
  void anExplanationMarksWhatTheFastPathDoesNotVisit() {
    DecisionStage stage = stage(Decision.of("d", 1, all(on(A), on(B), not(on(C)))));
    Explanation.Trace root = stage.explain(hits(Map.of(B, 1.0))).decisions().getFirst().root();
    assertFalse(root.matched());
    assertEquals(
        List.of(true, false, false),
        root.children().stream().map(Explanation.Trace::visited).toList());
    assertTrue(root.children().get(1).matched());
  }

  @Test
  void bothEvaluatorsAlwaysAgree() {
    long seed = 20_260_101L;
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int round = 0; round < 3000; round++) {
      String context = "seed " + seed + ", round " + round;
      Compatibility compatibility =
          random.nextBoolean() ? Compatibility.GATUN : Compatibility.UPSTREAM_0_3;
      Strategy strategy = random.nextBoolean() ? Strategy.PRIORITY : Strategy.CONFIDENCE;
      List<Decision> decisions = new ArrayList<>();
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        Decision decision = Decision.of("d" + i, random.nextInt(3), rule(random, 4));
        decisions.add(decision.withTier(random.nextInt(4) == 0 ? random.nextInt(3) : 0));
      }
      DecisionStage stage = new DecisionStage(TABLE, decisions, strategy, compatibility);
      SignalHits hits = hits(random);
      Verdict verdict = stage.evaluate(hits);
      assertEquals(
          verdict.winner().map(w -> decisions.indexOf(w.decision())).orElse(-1),
          stage.winner(hits),
          context);
      assertEquals(
          stage.matching(hits).stream().map(Verdict.Match::decision).findFirst(),
          verdict.winner().map(Winner::decision),
          context);
      for (Explanation.Judged judged : stage.explain(hits).decisions()) {
        List<Verdict.Match> matches =
            stage.matching(hits).stream()
                .filter(m -> m.decision().name().equals(judged.decision()))
                .toList();
        assertEquals(judged.matched(), !matches.isEmpty(), context);
        if (judged.matched()) {
          assertEquals(judged.confidence(), matches.getFirst().confidence(), 1e-12, context);
        }
      }
    }
  }

  private static Rule rule(RandomGenerator random, int depth) {
    int shape = random.nextInt(depth == 0 ? 3 : 8);
    return switch (shape) {
      case 1 -> new Rule.Measured(key(random), Predicate.atLeast(random.nextInt(5) / 4.0));
      case 2 -> new Rule.Despite(on(A), Family.KEYWORD, random.nextBoolean());
      case 3, 4 -> new Rule.All(rules(random, depth));
      case 5, 6 -> new Rule.Any(rules(random, depth));
      case 7 -> not(rule(random, depth - 1));
      default -> on(key(random));
    };
  }

  private static SignalKey key(RandomGenerator random) {
    return KEYS.get(random.nextInt(KEYS.size()));
  }

  private static List<Rule> rules(RandomGenerator random, int depth) {
    List<Rule> rules = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      rules.add(rule(random, depth - 1));
    }
    return rules;
  }

  private static SignalHits hits(RandomGenerator random) {
    SignalHits.Recorder recorder = new SignalHits.Recorder(TABLE);
    for (SignalKey key : KEYS) {
      if (random.nextBoolean()) {
        recorder.match(key, random.nextInt(5) / 4.0);
      }
      if (random.nextBoolean()) {
        recorder.value(key, random.nextInt(5) / 4.0);
      }
    }
    Optional<String> degraded = Optional.of("no model").filter(_ -> random.nextInt(4) == 0);
    return recorder.ran(new FamilyRun(Family.KEYWORD, 0, degraded, Coverage.NONE)).finish();
  }

  private static SignalHits hits(Map<SignalKey, Double> confidences) {
    SignalHits.Recorder recorder = new SignalHits.Recorder(TABLE);
    confidences.forEach(recorder::match);
    return recorder.finish();
  }

  private static double confidence(Rule rule, Map<SignalKey, Double> confidences) {
    return winner(stage(Decision.of("d", 1, rule)), confidences).confidence();
  }

  private static Winner winner(DecisionStage stage, Map<SignalKey, Double> confidences) {
    return stage.evaluate(hits(confidences)).winner().orElseThrow();
  }

  private static DecisionStage stage(Decision... decisions) {
    return stage(Compatibility.GATUN, decisions);
  }

  private static DecisionStage stage(Compatibility compatibility, Decision... decisions) {
    return new DecisionStage(TABLE, List.of(decisions), Strategy.PRIORITY, compatibility);
  }
}
