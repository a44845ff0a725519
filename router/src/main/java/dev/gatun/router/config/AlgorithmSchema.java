package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.loose;
import static dev.gatun.router.config.Shape.runs;

import dev.gatun.router.config.Shape.Keys;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Blocks of selection algorithms, each called like the type it belongs to. */
final class AlgorithmSchema {
  /** Types that have a block, in the order of the documentation. */
  static final Map<String, Keys> BLOCKS = blocks();

  private AlgorithmSchema() {}

  static Keys block(String type) {
    Keys keys = BLOCKS.get(type);
    if (keys == null) {
      throw new IllegalArgumentException("the algorithm " + type + " has no block");
    }
    return keys;
  }

  private static Map<String, Keys> blocks() {
    Map<String, Keys> blocks = new LinkedHashMap<>();
    addSelectors(blocks);
    addLearners(blocks);
    addLoopers(blocks);
    return Collections.unmodifiableMap(blocks);
  }

  private static void addSelectors(Map<String, Keys> blocks) {
    blocks.put(
        "elo",
        loose(
            "initial_rating k_factor category_weighted decay_factor min_comparisons"
                + " cost_scaling_factor storage_path auto_save_interval"));
    blocks.put(
        "router_dc",
        loose(
            "temperature dimension_size min_similarity use_query_contrastive"
                + " use_model_contrastive require_descriptions use_capabilities"));
    blocks.put(
        "automix",
        loose(
            "verification_threshold max_escalations cost_aware_routing cost_quality_tradeoff"
                + " discount_factor use_logprob_verification"));
    blocks.put(
        "hybrid",
        loose(
            "elo_weight router_dc_weight automix_weight cost_weight quality_gap_threshold"
                + " normalize_scores"));
    blocks.put("latency_aware", loose("tpot_percentile ttft_percentile description exploration"));
    blocks.put(
        "multi_factor",
        loose(
            "latency_percentile on_no_candidates",
            runs("weights", loose("quality latency cost load")),
            runs(
                "slo",
                loose(
                    "max_tpot_ms max_ttft_ms max_cost_per_1m max_inflight"
                        + " reasoning_downgrade"))));
    blocks.put(
        "session_aware",
        loose(
            "base_method idle_timeout_seconds min_turns_before_switch switch_margin stay_bias"
                + " tool_loop_hard_lock context_portability_hard_lock decision_drift_reset"
                + " tool_loop_stay_bias prefix_cache_weight handoff_penalty_weight"
                + " default_handoff_penalty quality_gap_multiplier max_cache_cost_multiplier"
                + " switch_history_weight remaining_turn_prior_weight"
                + " remaining_turn_prior_horizon min_remaining_turn_prior_samples ratchet"));
  }

  private static void addLearners(Map<String, Keys> blocks) {
    blocks.put(
        "rl_driven",
        loose(
            "exploration_rate exploration_decay min_exploration use_thompson_sampling"
                + " enable_personalization personalization_blend session_context_weight"
                + " implicit_feedback_weight cost_awareness cost_weight storage_path"
                + " auto_save_interval use_router_r1_rewards cost_reward_alpha"
                + " format_reward_penalty enable_llm_routing router_r1_server_url"
                + " llm_routing_fallback enable_multi_round_aggregation"
                + " max_aggregation_rounds"));
    blocks.put(
        "gmtrouter",
        loose(
            "num_gnn_layers attention_heads embedding_dimension history_sample_size"
                + " enable_personalization min_interactions_for_personalization"
                + " max_interactions_per_user feedback_types model_path storage_path"));
  }

  private static void addLoopers(Map<String, Keys> blocks) {
    blocks.put(
        "confidence",
        loose(
            "confidence_method threshold escalation_order cost_quality_tradeoff token_filter"
                + " verifier_server_url verifier_timeout_seconds on_error",
            runs("hybrid_weights", loose("logprob_weight margin_weight"))));
    blocks.put("ratings", loose("max_concurrent on_error"));
    blocks.put(
        "remom",
        loose(
            "breadth_schedule model_distribution temperature include_reasoning"
                + " compaction_strategy compaction_tokens synthesis_template max_concurrent"
                + " on_error shuffle_seed include_intermediate_responses"
                + " max_responses_per_round"));
  }
}
