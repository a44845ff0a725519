package dev.gatun.router.rule;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogicTest {
  private static final Rule A = leaf("a");
  private static final Rule B = leaf("b");
  private static final Rule EASY = Rule.on(new SignalKey(Family.COMPLEXITY, "x:easy"));
  private static final Rule HARD = Rule.on(new SignalKey(Family.COMPLEXITY, "x:hard"));

  /** Of a leaf that no request makes hold. */
  private static final Rule BARRED = leaf("barred");

  private final Logic logic =
      new Logic((a, b) -> Set.of(a, b).equals(Set.of(EASY, HARD)), BARRED::equals);

  @Test
  void contradictionsNeverHold() {
    assertTrue(logic.neverHolds(Rule.all(A, Rule.not(A))));
    assertTrue(logic.neverHolds(Rule.all(Rule.any(A, B), Rule.not(A), Rule.not(B))));
    assertTrue(logic.neverHolds(Rule.never()));
    assertTrue(logic.neverHolds(Rule.all(EASY, B, HARD)));
    assertFalse(logic.neverHolds(Rule.all(A, Rule.not(B))));
    assertFalse(logic.neverHolds(Rule.all(EASY, Rule.not(HARD))));
    assertFalse(logic.neverHolds(Rule.always()));
  }

  @Test
  void whatNeverHoldsBarsWhatNeedsIt() {
    assertTrue(logic.neverHolds(BARRED));
    assertTrue(logic.neverHolds(Rule.all(A, BARRED)));
    assertFalse(logic.neverHolds(Rule.any(A, BARRED)));
    assertTrue(logic.alwaysHolds(Rule.not(BARRED)));
  }

  @Test
  void aRuleAndItsOppositeAlwaysHold() {
    assertTrue(logic.alwaysHolds(Rule.any(A, Rule.not(A))));
    assertTrue(logic.alwaysHolds(Rule.always()));
    assertTrue(logic.alwaysHolds(Rule.not(Rule.all(EASY, HARD))));
    assertFalse(logic.alwaysHolds(A));
    assertFalse(logic.alwaysHolds(Rule.never()));
  }

  @Test
  void aNarrowerRuleImpliesAWiderOne() {
    assertTrue(logic.implies(Rule.all(A, B), A));
    assertTrue(logic.implies(A, Rule.any(A, B)));
    assertTrue(logic.implies(EASY, Rule.not(HARD)));
    assertTrue(logic.implies(A, Rule.always()));
    assertFalse(logic.implies(A, Rule.all(A, B)));
    assertFalse(logic.implies(Rule.any(A, B), A));
  }

  @Test
  void nothingIsClaimedOfRulesWithManyLeaves() {
    Rule many =
        Rule.all(IntStream.range(0, 11).mapToObj(i -> leaf("leaf" + i)).toArray(Rule[]::new));

    assertFalse(logic.neverHolds(Rule.all(many, Rule.not(many))));
    assertFalse(logic.implies(many, many));
  }

  private static Rule leaf(String name) {
    return Rule.on(new SignalKey(Family.KEYWORD, name));
  }
}
