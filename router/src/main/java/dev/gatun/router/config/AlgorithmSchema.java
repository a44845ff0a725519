package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.all;
import static dev.gatun.router.config.Shape.and;
import static dev.gatun.router.config.Shape.atLeast;
import static dev.gatun.router.config.Shape.count;
import static dev.gatun.router.config.Shape.flag;
import static dev.gatun.router.config.Shape.keys;
import static dev.gatun.router.config.Shape.list;
import static dev.gatun.router.config.Shape.real;
import static dev.gatun.router.config.Shape.runs;
import static dev.gatun.router.config.Shape.share;
import static dev.gatun.router.config.Shape.text;
import static dev.gatun.router.config.Shape.texts;
import static dev.gatun.router.config.Shape.time;
import static dev.gatun.router.config.Shape.unchecked;
import static dev.gatun.router.config.Shape.whole;
import static dev.gatun.router.config.Shape.word;

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
    blocks.put("elo", elo());
    blocks.put("router_dc", routerDc());
    blocks.put("automix", automix());
    blocks.put("hybrid", hybrid());
    blocks.put("latency_aware", latencyAware());
    blocks.put("multi_factor", multiFactor());
    blocks.put("session_aware", sessionAware());
    blocks.put("rl_driven", rlDriven());
    blocks.put("gmtrouter", gmtRouter());
    blocks.put("confidence", confidence());
    blocks.put("ratings", ratings());
    blocks.put("remom", remom());
    return Collections.unmodifiableMap(blocks);
  }

  private static Keys elo() {
    return keys(
        unchecked(atLeast(0), "initial_rating k_factor cost_scaling_factor"),
        unchecked(share(), "decay_factor"),
        unchecked(count(), "min_comparisons"),
        all(flag(), "category_weighted"),
        all(text(), "storage_path"),
        unchecked(time(), "auto_save_interval"));
  }

  private static Keys routerDc() {
    return keys(
        unchecked(atLeast(0), "temperature"),
        unchecked(count(), "dimension_size"),
        unchecked(share(), "min_similarity"),
        all(
            flag(),
            "use_query_contrastive use_model_contrastive require_descriptions use_capabilities"));
  }

  private static Keys automix() {
    return keys(
        unchecked(share(), "verification_threshold cost_quality_tradeoff discount_factor"),
        unchecked(count(), "max_escalations"),
        all(flag(), "cost_aware_routing use_logprob_verification"));
  }

  private static Keys hybrid() {
    return keys(
        unchecked(atLeast(0), "elo_weight router_dc_weight automix_weight cost_weight"),
        unchecked(share(), "quality_gap_threshold"),
        all(flag(), "normalize_scores"));
  }

  /** Bounds of the percentiles are checked together with each other. */
  private static Keys latencyAware() {
    return keys(
        all(whole(), "tpot_percentile ttft_percentile"),
        all(text(), "description"),
        unchecked(share(), "exploration"));
  }

  private static Keys multiFactor() {
    return keys(
        and(
            runs("weights", keys(unchecked(atLeast(0), "quality latency cost load"))),
            runs(
                "slo",
                keys(
                    unchecked(atLeast(0), "max_tpot_ms max_ttft_ms max_cost_per_1m"),
                    unchecked(count(), "max_inflight"),
                    all(flag(), "reasoning_downgrade")))),
        unchecked(whole(1, 100), "latency_percentile"),
        unchecked(word("cheapest", "first", "fail"), "on_no_candidates"));
  }

  private static Keys sessionAware() {
    return keys(
        all(text(), "base_method"),
        all(
            count(),
            "idle_timeout_seconds min_turns_before_switch min_remaining_turn_prior_samples"),
        all(
            atLeast(0),
            "switch_margin stay_bias tool_loop_stay_bias prefix_cache_weight"
                + " handoff_penalty_weight default_handoff_penalty quality_gap_multiplier"
                + " switch_history_weight remaining_turn_prior_weight"
                + " remaining_turn_prior_horizon"),
        all(atLeast(1), "max_cache_cost_multiplier"),
        all(
            flag(),
            "tool_loop_hard_lock context_portability_hard_lock decision_drift_reset ratchet"));
  }

  private static Keys rlDriven() {
    return keys(
        unchecked(
            share(),
            "exploration_rate exploration_decay min_exploration personalization_blend"
                + " session_context_weight implicit_feedback_weight cost_reward_alpha"),
        unchecked(atLeast(0), "cost_weight"),
        all(real(), "format_reward_penalty"),
        unchecked(count(), "max_aggregation_rounds"),
        all(
            flag(),
            "use_thompson_sampling enable_personalization cost_awareness use_router_r1_rewards"
                + " enable_llm_routing enable_multi_round_aggregation"),
        all(text(), "storage_path router_r1_server_url llm_routing_fallback"),
        unchecked(time(), "auto_save_interval"));
  }

  private static Keys gmtRouter() {
    return keys(
        unchecked(
            count(),
            "num_gnn_layers attention_heads embedding_dimension history_sample_size"
                + " min_interactions_for_personalization max_interactions_per_user"),
        all(flag(), "enable_personalization"),
        all(texts(), "feedback_types"),
        all(text(), "model_path storage_path"));
  }

  private static Keys confidence() {
    return keys(
        unchecked(
            word("avg_logprob", "margin", "hybrid", "self_verify", "automix_entailment"),
            "confidence_method"),
        all(real(), "threshold"),
        unchecked(word("size", "cost", "automix", "small_to_large"), "escalation_order"),
        unchecked(share(), "cost_quality_tradeoff"),
        unchecked(word("skip", "fail"), "on_error"),
        all(text(), "token_filter verifier_server_url"),
        unchecked(count(), "verifier_timeout_seconds"),
        and(runs("hybrid_weights", keys(unchecked(atLeast(0), "logprob_weight margin_weight")))));
  }

  private static Keys ratings() {
    return keys(unchecked(count(), "max_concurrent"), unchecked(word("skip", "fail"), "on_error"));
  }

  private static Keys remom() {
    return keys(
        and(runs("breadth_schedule", list(whole(1, 1_000)))),
        unchecked(word("weighted", "equal", "first_only", "round_robin"), "model_distribution"),
        unchecked(atLeast(0), "temperature"),
        all(flag(), "include_reasoning include_intermediate_responses"),
        unchecked(count(), "compaction_tokens max_concurrent max_responses_per_round"),
        all(text(), "synthesis_template compaction_strategy"),
        unchecked(word("skip", "fail"), "on_error"),
        all(whole(), "shuffle_seed"));
  }
}
