package dev.gatun.router.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReasoningChoiceTest {
  private static final List<String> CATEGORIES = List.of("math", "law", "art", "other");
  private static final Map<String, Boolean> WANTED =
      Map.of("math", true, "law", false, "art", false);

  @Test
  void aDecidedDistributionIsTrusted() {
    ReasoningChoice choice = choice(0.97, 0.01, 0.01, 0.01);
    assertTrue(choice.useReasoning());
    assertEquals(0.97 * 0.95, choice.confidence(), 1e-12);
    assertEquals(0.9 * 0.9, choice(0.9, 0.06, 0.03, 0.01).confidence(), 1e-12);
  }

  @Test
  void atMediumEntropyTheThresholdDecides() {
    assertEquals("trust_top_category", choice(0.8, 0.1, 0.05, 0.05).strategy());
    ReasoningChoice below =
        ReasoningChoice.of(CATEGORIES, List.of(0.8, 0.1, 0.05, 0.05), WANTED, 0.9);
    assertEquals("medium_uncertainty_weighted", below.reason());
    assertEquals(0.8 / 0.95, below.confidence(), 1e-12);
  }

  @Test
  void atHighEntropyTheTopTwoAreWeighed() {
    ReasoningChoice choice = choice(0.4, 0.5, 0.05, 0.05);
    assertFalse(choice.useReasoning());
    assertEquals("top_two_categories_weighted", choice.strategy());
    assertEquals(0.5 / 0.9, choice.confidence(), 1e-12);
  }

  @Test
  void whoKnowsNothingReasons() {
    assertTrue(choice(0.25, 0.25, 0.25, 0.25).useReasoning());
    assertFalse(ReasoningChoice.of(List.of(), List.of(), WANTED, 0.6).useReasoning());
    assertEquals("category_not_in_reasoning_map", choice(0.01, 0.01, 0.01, 0.97).reason());
  }

  @Test
  void everyCategoryNeedsItsProbability() {
    assertThrows(
        IllegalArgumentException.class,
        () -> ReasoningChoice.of(CATEGORIES, List.of(1.0), WANTED, 0.6));
  }

  private static ReasoningChoice choice(Double... probabilities) {
    return ReasoningChoice.of(CATEGORIES, List.of(probabilities), WANTED, 0.6);
  }
}
