package dev.gatun.router.signal;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Whether a request deserves a model that reasons, judged by the distribution over categories and
 * by how undecided it is.
 *
 * @param confidence 0 to 1
 * @param reason why, in v0.3's words
 * @param strategy what was looked at, in v0.3's words
 */
public record ReasoningChoice(
    boolean useReasoning, double confidence, String reason, String strategy) {
  private static final double UNSURE = 0.3;
  private static final double EVEN = 0.5;
  private static final double VERY_LOW_FACTOR = 0.95;
  private static final double LOW_FACTOR = 0.9;
  private static final double MEDIUM_FACTOR = 0.8;
  private static final String TRUST = "trust_top_category";

  /** A category and its probability. */
  private record Weighed(String category, double probability) {}

  /**
   * Decides.
   *
   * @param probabilities one per category, 0 to 1; none when nothing was classified
   * @param reasoning which categories want reasoning; one that is not there is not known
   * @param threshold probability from which the top category is trusted at medium entropy
   * @throws IllegalArgumentException when there is not one probability per category
   */
  public static ReasoningChoice of(
      List<String> categories,
      List<Double> probabilities,
      Map<String, Boolean> reasoning,
      double threshold) {
    if (categories.size() != probabilities.size()) {
      throw new IllegalArgumentException(
          categories.size() + " categories have " + probabilities.size() + " probabilities");
    }
    if (categories.isEmpty()) {
      return new ReasoningChoice(false, 0, "no_classification_data", "default_no_reasoning");
    }
    List<Weighed> top =
        IntStream.range(0, categories.size())
            .mapToObj(i -> new Weighed(categories.get(i), probabilities.get(i)))
            .sorted(Comparator.comparingDouble(Weighed::probability).reversed())
            .limit(3)
            .toList();
    return switch (Entropy.of(probabilities).level()) {
      case VERY_HIGH ->
          new ReasoningChoice(
              true,
              UNSURE,
              "very_high_uncertainty_conservative_default",
              "high_uncertainty_reasoning_enabled");
      case HIGH ->
          weighted(
              top.subList(0, Math.min(2, top.size())),
              reasoning,
              "high_uncertainty_weighted_decision",
              "top_two_categories_weighted");
      case MEDIUM -> medium(top, reasoning, threshold);
      case LOW -> trusted(top.getFirst(), reasoning, LOW_FACTOR, "low");
      case VERY_LOW -> trusted(top.getFirst(), reasoning, VERY_LOW_FACTOR, "very_low");
    };
  }

  private static ReasoningChoice medium(
      List<Weighed> top, Map<String, Boolean> reasoning, double threshold) {
    Weighed first = top.getFirst();
    if (first.probability >= threshold && reasoning.containsKey(first.category)) {
      return new ReasoningChoice(
          wants(first, reasoning),
          first.probability * MEDIUM_FACTOR,
          "medium_uncertainty_top_category_above_threshold",
          TRUST);
    }
    return weighted(top, reasoning, "medium_uncertainty_weighted", "weighted_decision");
  }

  private static ReasoningChoice trusted(
      Weighed first, Map<String, Boolean> reasoning, double factor, String level) {
    if (!reasoning.containsKey(first.category)) {
      return new ReasoningChoice(
          false,
          first.probability * MEDIUM_FACTOR,
          "category_not_in_reasoning_map",
          "unknown_category_default");
    }
    return new ReasoningChoice(
        wants(first, reasoning),
        first.probability * factor,
        level + "_uncertainty_trust_classification",
        TRUST);
  }

  /** The share of the probability of known categories that wants reasoning. */
  private static ReasoningChoice weighted(
      List<Weighed> top, Map<String, Boolean> reasoning, String reason, String strategy) {
    double known = 0;
    double wanting = 0;
    for (Weighed weighed : top) {
      if (reasoning.containsKey(weighed.category)) {
        known += weighed.probability;
        wanting += wants(weighed, reasoning) ? weighed.probability : 0;
      }
    }
    double share = known > 0 ? wanting / known : EVEN;
    return new ReasoningChoice(share > EVEN, Math.abs(share - EVEN) + EVEN, reason, strategy);
  }

  private static boolean wants(Weighed weighed, Map<String, Boolean> reasoning) {
    return Objects.requireNonNull(reasoning.get(weighed.category));
  }
}
