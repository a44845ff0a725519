package dev.gatun.router.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.ModelRef;
import dev.gatun.router.rule.OpenRule;
import dev.gatun.router.rule.PlannedRule;
import dev.gatun.router.rule.Prospect;
import dev.gatun.router.rule.Prospect.Truth;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is certain of rules and decisions while some signals are not known. */
class ContestTest {
  private static final List<SignalKey> KEYS =
      IntStream.range(0, 6).mapToObj(i -> new SignalKey(Family.KEYWORD, "k" + i)).toList();
  private static final SignalTable TABLE = SignalTable.of(KEYS);
  private static final SignalKey MATH = new SignalKey(Family.DOMAIN, "math");
  private static final int ROUNDS = 4_000;
  private static final int COMPLETIONS = 12;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  /** A judgement holds however the signals come out that it was made without. */
  @Test
  void aJudgementIsNeverTakenBack() {
    int surprises = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Compatibility semantics = semantics();
      Rule rule = rule(3);
      Set<SignalKey> known = some();
      boolean[] holds = holds();
      OpenRule open = OpenRule.of(rule, TABLE, semantics);
      Prospect prospect = open.judge(hits(holds, confidences()), key -> false);
      assertTrue(prospect.truth() != Truth.OPEN || rule.keys().findAny().isPresent());
      double[] sure = confidences();
      prospect = open.judge(hits(holds, sure), known::contains);
      surprises += prospect.truth() == Truth.OPEN ? 0 : 1;
      for (int j = 0; j < COMPLETIONS; j++) {
        SignalHits complete = complete(holds, sure, known);
        double confidence = PlannedRule.of(rule, TABLE, semantics).evaluate(complete);
        String where = "seed " + seed + ": " + rule + " known " + known;
        switch (prospect.truth()) {
          case HOLDS -> assertFalse(Double.isNaN(confidence), where);
          case FAILS -> assertTrue(Double.isNaN(confidence), where);
          case OPEN -> {}
        }
        if (!Double.isNaN(confidence) && prospect.isConfidenceKnown()) {
          assertEquals(confidence, prospect.confidence(), 1e-12, where);
        }
      }
    }
    assertTrue(surprises > ROUNDS / 10, surprises + " judged");
  }

  /** With everything known it says what the fast evaluator says. */
  @Test
  void whenAllIsKnownBothEvaluatorsAgree() {
    for (int i = 0; i < ROUNDS; i++) {
      Compatibility semantics = semantics();
      Rule rule = rule(3);
      SignalHits hits = hits(holds(), confidences());
      double confidence = PlannedRule.of(rule, TABLE, semantics).evaluate(hits);
      Prospect prospect = OpenRule.of(rule, TABLE, semantics).judge(hits, key -> true);

      assertTrue(prospect.isFinal(), "seed " + seed + ": " + rule);
      assertEquals(!Double.isNaN(confidence), prospect.truth() == Truth.HOLDS);
      if (prospect.truth() == Truth.HOLDS) {
        assertEquals(confidence, prospect.confidence(), 1e-12, "seed " + seed + ": " + rule);
      }
    }
  }

  /** Where nothing is undecided any more, what is not known changes no winner. */
  @Test
  void theWinnerStandsWhenNothingIsUndecided() {
    int early = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Compatibility semantics = semantics();
      Strategy strategy = random.nextBoolean() ? Strategy.PRIORITY : Strategy.CONFIDENCE;
      List<Decision> decisions = decisions();
      Contest contest = new Contest(TABLE, decisions, strategy, semantics);
      DecisionStage stage = new DecisionStage(TABLE, decisions, strategy, semantics);
      Set<SignalKey> known = some();
      boolean[] holds = holds();
      double[] sure = confidences();
      boolean[] recorded = holds.clone();
      KEYS.stream().filter(k -> !known.contains(k)).forEach(k -> recorded[KEYS.indexOf(k)] = false);
      SignalHits hits = hits(recorded, sure);
      Set<SignalKey> undecided = contest.undecided(hits, known::contains);

      assertTrue(undecided.stream().noneMatch(known::contains), "seed " + seed);
      if (undecided.isEmpty()) {
        early += known.size() < KEYS.size() ? 1 : 0;
        for (int j = 0; j < COMPLETIONS; j++) {
          assertEquals(
              stage.winner(hits),
              stage.winner(complete(holds, sure, known)),
              "seed " + seed + ": " + decisions + " known " + known);
        }
      }
    }
    assertTrue(early > ROUNDS / 20, early + " decided early");
  }

  @Test
  void whatCanNotWinIsNotAskedFor() {
    List<Decision> decisions =
        List.of(
            Decision.of("first", 2, Rule.on(KEYS.get(0))),
            Decision.of("second", 1, Rule.on(KEYS.get(1))));
    SignalHits hits = hits(new boolean[] {true, false, false, false, false, false}, confidences());
    Contest contest = new Contest(TABLE, decisions, Strategy.PRIORITY, Compatibility.GATUN);

    assertEquals(Set.of(), contest.undecided(hits, KEYS.get(0)::equals));
    assertEquals(Set.of(KEYS.get(0)), contest.undecided(hits, KEYS.get(1)::equals));
    Contest sure = new Contest(TABLE, decisions, Strategy.CONFIDENCE, Compatibility.GATUN);
    assertEquals(Set.of(KEYS.get(1)), sure.undecided(hits, KEYS.get(0)::equals));
  }

  /** Upstream's order depends on whether a decision with a tier matches, if only as a loser. */
  @Test
  void whatDecidesAboutTheOrderIsAskedFor() {
    List<Decision> decisions =
        List.of(
            Decision.of("surer", 1, Rule.on(KEYS.get(0))),
            Decision.of("higher", 2, Rule.on(KEYS.get(1))),
            Decision.of("tiered", 0, Rule.on(KEYS.get(2))).withTier(1));
    SignalHits hits =
        new SignalHits.Recorder(TABLE).match(KEYS.get(0), 0.9).match(KEYS.get(1), 0.5).finish();
    Contest contest = new Contest(TABLE, decisions, Strategy.PRIORITY, Compatibility.UPSTREAM_0_3);
    Set<SignalKey> known = Set.of(KEYS.get(0), KEYS.get(1));
    assertEquals(Set.of(KEYS.get(2)), contest.undecided(hits, known::contains));
    Contest ours = new Contest(TABLE, decisions, Strategy.PRIORITY, Compatibility.GATUN);
    assertEquals(Set.of(KEYS.get(2)), ours.undecided(hits, known::contains), "it would win");
  }

  /** Of a group that holds already, the highest confidence may be one that is not known. */
  @Test
  void aConfidenceIsAskedForWhereItDecides() {
    Rule either = Rule.any(Rule.on(KEYS.get(0)), Rule.on(KEYS.get(1)));
    SignalHits hits = hits(new boolean[] {true, false, true, false, false, false}, confidences());
    Decision other = Decision.of("other", 1, Rule.on(KEYS.get(2)));
    Set<SignalKey> known = Set.of(KEYS.get(0), KEYS.get(2));

    assertEquals(
        Set.of(KEYS.get(1)), undecided(hits, known, Decision.of("either", 1, either), other));
    assertEquals(Set.of(), undecided(hits, known, Decision.of("either", 2, either), other));
  }

  /** A domain that only chooses among models is asked for where there are several. */
  @Test
  void whatChoosesTheModelIsAskedFor() {
    SignalTable table = SignalTable.of(List.of(KEYS.get(0), MATH));
    SignalHits hits = new SignalHits.Recorder(table).match(KEYS.get(0), 1).finish();
    Rule rule = Rule.any(Rule.on(KEYS.get(0)), Rule.on(MATH));
    Decision one = Decision.of("one", 1, rule, ModelRef.of("a"));
    Decision two = Decision.of("two", 1, rule, ModelRef.of("a"), ModelRef.of("b"));

    assertEquals(Set.of(), contest(table, one).undecided(hits, KEYS.get(0)::equals));
    assertEquals(Set.of(MATH), contest(table, two).undecided(hits, KEYS.get(0)::equals));
  }

  private static Contest contest(SignalTable table, Decision... decisions) {
    return new Contest(table, List.of(decisions), Strategy.PRIORITY, Compatibility.GATUN);
  }

  private static Set<SignalKey> undecided(
      SignalHits hits, Set<SignalKey> known, Decision... decisions) {
    return contest(TABLE, decisions).undecided(hits, known::contains);
  }

  private Compatibility semantics() {
    return random.nextInt(3) == 0 ? Compatibility.UPSTREAM_0_3 : Compatibility.GATUN;
  }

  private List<Decision> decisions() {
    List<Decision> decisions = new ArrayList<>();
    boolean tiers = random.nextBoolean();
    for (int i = 2 + random.nextInt(4); i > 0; i--) {
      Decision decision = Decision.of("d" + i, random.nextInt(3), rule(2));
      decisions.add(tiers ? decision.withTier(random.nextInt(3)) : decision);
    }
    return decisions;
  }

  private Rule rule(int depth) {
    return switch (depth == 0 ? 0 : random.nextInt(5)) {
      case 0, 1 -> Rule.on(KEYS.get(random.nextInt(KEYS.size())));
      case 2 -> new Rule.All(rules(depth));
      case 3 -> new Rule.Any(rules(depth));
      default -> Rule.not(rule(depth - 1));
    };
  }

  private List<Rule> rules(int depth) {
    List<Rule> rules = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      rules.add(rule(depth - 1));
    }
    return rules;
  }

  private Set<SignalKey> some() {
    Set<SignalKey> some = new LinkedHashSet<>();
    KEYS.stream().filter(key -> random.nextBoolean()).forEach(some::add);
    return some;
  }

  private boolean[] holds() {
    boolean[] holds = new boolean[KEYS.size()];
    for (int i = 0; i < holds.length; i++) {
      holds[i] = random.nextBoolean();
    }
    return holds;
  }

  /** Few values, so that some are equal; one that upstream does not believe. */
  private double[] confidences() {
    double[] confidences = new double[KEYS.size()];
    for (int i = 0; i < confidences.length; i++) {
      confidences[i] = random.nextInt(4) / 3.0;
    }
    return confidences;
  }

  /** What is known as it is, everything else by chance. */
  private SignalHits complete(boolean[] holds, double[] confidences, Set<SignalKey> known) {
    boolean[] all = holds();
    double[] sure = confidences();
    Set<SignalKey> kept = new HashSet<>(known);
    for (int i = 0; i < all.length; i++) {
      boolean keep = kept.contains(KEYS.get(i));
      all[i] = keep ? holds[i] : all[i];
      sure[i] = keep ? confidences[i] : sure[i];
    }
    return hits(all, sure);
  }

  private static SignalHits hits(boolean[] holds, double[] confidences) {
    SignalHits.Recorder recorder = new SignalHits.Recorder(TABLE);
    for (int i = 0; i < holds.length; i++) {
      if (holds[i]) {
        recorder.match(KEYS.get(i), confidences[i]);
      }
    }
    return recorder.finish();
  }
}
