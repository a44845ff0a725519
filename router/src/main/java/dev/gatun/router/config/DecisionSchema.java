package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.anything;
import static dev.gatun.router.config.Shape.atLeast;
import static dev.gatun.router.config.Shape.entries;
import static dev.gatun.router.config.Shape.flag;
import static dev.gatun.router.config.Shape.gone;
import static dev.gatun.router.config.Shape.inert;
import static dev.gatun.router.config.Shape.keys;
import static dev.gatun.router.config.Shape.later;
import static dev.gatun.router.config.Shape.list;
import static dev.gatun.router.config.Shape.real;
import static dev.gatun.router.config.Shape.runs;
import static dev.gatun.router.config.Shape.text;
import static dev.gatun.router.config.Shape.whole;
import static dev.gatun.router.config.Shape.word;

import dev.gatun.router.config.Shape.Field;
import dev.gatun.router.config.Shape.Keys;
import java.util.ArrayList;
import java.util.List;

/** Keys under {@code routing.decisions}. */
final class DecisionSchema {
  static final List<String> ALGORITHMS_WITHOUT_BLOCK =
      List.of("static", "knn", "kmeans", "svm", "mlp");

  /** Algorithms that are acted upon; the others are only understood. */
  static final List<String> ALGORITHMS_RUNNING = List.of("static");

  static final List<String> PLUGINS =
      List.of(
          "fast_response",
          "system_prompt",
          "header_mutation",
          "request_params",
          "semantic-cache",
          "semantic_cache",
          "response_cache",
          "memory",
          "rag",
          "hallucination",
          "response_jailbreak",
          "tools",
          "tool_selection",
          "router_replay",
          "image_gen",
          "context_compression",
          "pii_redact");

  /** Plugins that are acted upon; the others are only understood. */
  static final List<String> PLUGINS_RUNNING = List.of();

  private static final String TO_TOOLS = "use the plugin of type tools";

  /** Bounds of a number. */
  static final Keys COMPARISON = keys(Shape.each(real(), "gt", "gte", "lt", "lte"));

  /** A node of a rule tree; its conditions are read by the decoder, which knows their depth. */
  static final Keys RULE =
      keys(
          runs("type", text()),
          runs("name", text()),
          runs("operator", text()),
          runs("conditions", anything()),
          runs("predicate", COMPARISON),
          runs("label", text()),
          runs("on_error", word("match", "no_match").anyCased()));

  static final Keys MODEL_REF =
      keys(
          runs("model", text()),
          runs("lora_name", text()),
          runs("weight", atLeast(0)).unchecked(),
          runs("use_reasoning", flag()),
          runs("reasoning_description", text()),
          runs("reasoning_effort", text()),
          later(
              "reasoning_budget_tokens",
              whole(1, Integer.MAX_VALUE),
              "budgets of reasoning, which only api_format: anthropic has"));

  static final Keys PLUGIN = keys(runs("type", text()), runs("configuration", anything()));

  static final Keys ALGORITHM = algorithm();

  private static final String NEXT_TURN =
      "sessions: eval tells it, but no algorithm looks at the turn before yet";

  static final Keys DECISION =
      keys(
          runs("name", text()),
          runs("description", text()),
          runs("priority", whole()),
          runs("tier", whole(0, Integer.MAX_VALUE)).unchecked(),
          runs("rules", RULE),
          runs("modelRefs", list(MODEL_REF)),
          runs("algorithm", ALGORITHM),
          runs("plugins", list(PLUGIN)),
          inert(
              "candidateIterations",
              list(candidateIteration()),
              "it only describes how candidates were generated"),
          runs("emits", list(emit())),
          runs("boost", entries(real())),
          gone("modelSelectionAlgorithm", "use algorithm"),
          gone("tool_scope", TO_TOOLS),
          gone("allow_tools", TO_TOOLS),
          gone("block_tools", TO_TOOLS));

  private DecisionSchema() {}

  private static Keys algorithm() {
    List<Field> fields = new ArrayList<>();
    fields.add(runs("type", text()));
    fields.add(later("on_error", text(), "error policies of algorithms"));
    AlgorithmSchema.BLOCKS.forEach((name, keys) -> fields.add(runs(name, keys)));
    return keys(fields.toArray(Field[]::new));
  }

  private static Keys candidateIteration() {
    Keys output = keys(runs("type", text()), runs("value", text()));
    return keys(
        runs("variable", text()),
        runs("source", text()),
        runs("models", list(MODEL_REF)),
        runs("outputs", list(output)));
  }

  private static Keys emit() {
    Keys retention =
        keys(
            runs("drop", flag()),
            later("ttl_turns", whole(), "keeping turns: eval tells it, but nothing is kept yet"),
            later("keep_current_model", flag(), NEXT_TURN),
            later("prefer_prefix_retention", flag(), NEXT_TURN));
    return keys(runs("kind", text()), runs("retention", retention));
  }
}
