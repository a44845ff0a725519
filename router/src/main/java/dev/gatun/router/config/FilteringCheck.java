package dev.gatun.router.config;

import java.util.List;

/** Bounds of {@code advanced_filtering}; what is switched off is not looked at, as in v0.3. */
final class FilteringCheck {
  private static final List<String> STRATEGIES = List.of("weighted", "hybrid_history");

  private FilteringCheck() {}

  static void of(Section section) {
    if (!section.flag("enabled", false)) {
      return;
    }
    section
        .text("retrieval_strategy")
        .filter(strategy -> !STRATEGIES.contains(strategy))
        .ifPresent(strategy ->
            section.error(
                "retrieval_strategy",
                "\"" + strategy + "\" is no strategy",
                Report.didYouMean(strategy, STRATEGIES, "write weighted or hybrid_history")));
    counts(section, List.of("candidate_pool_size", "min_lexical_overlap"));
    shares(section, List.of("min_combined_score", "category_confidence_threshold"));
    Section weights = section.section("weights");
    shares(weights, List.of("embed", "lexical", "tag", "name", "category"));
    Section history = section.section("hybrid_history");
    counts(history, List.of("history_horizon", "min_history_steps"));
    shares(
        history,
        List.of(
            "history_confidence_threshold",
            "weight_semantic",
            "weight_history_transition",
            "weight_decision_prior",
            "repetition_penalty_strength"));
  }

  private static void counts(Section section, List<String> keys) {
    for (String key : keys) {
      if (section.whole(key).orElse(0) < 0) {
        section.error(key, "must be at least 0", "choose a value in that range");
      }
    }
  }

  private static void shares(Section section, List<String> keys) {
    for (String key : keys) {
      double value = section.real(key).orElse(0);
      if (value < 0 || value > 1) {
        section.error(key, "must be from 0 to 1", "choose a value in that range");
      }
    }
  }
}
