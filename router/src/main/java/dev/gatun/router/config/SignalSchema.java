package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.atLeast;
import static dev.gatun.router.config.Shape.flag;
import static dev.gatun.router.config.Shape.gone;
import static dev.gatun.router.config.Shape.inert;
import static dev.gatun.router.config.Shape.keys;
import static dev.gatun.router.config.Shape.list;
import static dev.gatun.router.config.Shape.real;
import static dev.gatun.router.config.Shape.runs;
import static dev.gatun.router.config.Shape.share;
import static dev.gatun.router.config.Shape.text;
import static dev.gatun.router.config.Shape.texts;
import static dev.gatun.router.config.Shape.time;
import static dev.gatun.router.config.Shape.whole;
import static dev.gatun.router.config.Shape.word;

import dev.gatun.router.config.Shape.Field;
import dev.gatun.router.config.Shape.Keys;

/** Keys under {@code routing.signals}. */
final class SignalSchema {
  private static final Field[] NAMED = {runs("name", text()), runs("description", text())};
  private static final Keys COMPARISON = DecisionSchema.COMPARISON;
  private static final Keys CALIBRATION =
      keys(runs("method", text()), runs("slope", real()), runs("midpoint", real()));
  private static final Keys EXAMPLES =
      keys(runs("candidates", texts()), runs("image_candidates", texts()));
  private static final Field ON_ERROR = runs("on_error", word("match", "no_match", "fail"));

  static final Keys KEYWORD =
      keys(
          NAMED,
          new Field[] {
            runs("operator", word("AND", "OR", "NOR")).checkedAtStart(),
            runs("keywords", texts()),
            runs("case_sensitive", flag()),
            runs("method", word("literal", "regex", "fuzzy", "bm25", "ngram").anyCased())
                .checkedAtStart(),
            runs("fuzzy_match", flag()),
            runs("fuzzy_threshold", whole(0, 100)),
            runs("bm25_threshold", atLeast(0)),
            runs("ngram_threshold", share()),
            runs("ngram_arity", whole(0, 100))
          });

  static final Keys PII_PATTERN =
      keys(runs("type", text()), runs("regex", text()), runs("builtin", text())).strict();

  static final Keys MODEL_SCORE =
      keys(
          runs("model", text()),
          runs("score", real()),
          inert("use_reasoning", flag(), "modelRefs of a decision say whether its model reasons"));

  static final Keys DOMAIN =
      keys(
          NAMED,
          new Field[] {
            runs("mmlu_categories", texts()),
            runs("model_scores", list(MODEL_SCORE)),
            runs("parent", text()),
            runs("examples", texts())
          });

  static final Keys SIGNALS =
      keys(
          runs("keywords", list(KEYWORD)),
          runs("domains", list(DOMAIN)),
          runs("embeddings", list(embedding())),
          runs("fact_check", list(keys(NAMED))),
          runs("user_feedbacks", list(keys(NAMED))),
          runs("reasks", list(reask())),
          runs("preferences", list(preference())),
          runs("language", list(named(runs("threshold", share())))),
          runs("context", list(context())),
          runs("structure", list(structure())),
          runs("complexity", list(complexity())),
          runs("modality", list(keys(NAMED))),
          runs("role_bindings", list(roleBinding())),
          runs("jailbreak", list(jailbreak())),
          runs("pii", list(pii())),
          runs("kb", list(kb())),
          runs("conversation", list(conversation())),
          runs("events", list(event())),
          gone("category_kb", "use routing.signals.kb"),
          gone("taxonomy", "use routing.signals.kb"));

  private SignalSchema() {}

  private static Keys named(Field... more) {
    return keys(NAMED, more);
  }

  private static Keys embedding() {
    return named(
        runs("threshold", real()),
        runs("candidates", texts()),
        runs("aggregation_method", word("mean", "max", "any", "best", "blend")).unchecked(),
        runs("query_modality", word("text", "image", "audio")),
        runs("calibration", CALIBRATION));
  }

  private static Keys reask() {
    return named(runs("threshold", share()), runs("lookback_turns", whole(0, 10_000)));
  }

  private static Keys preference() {
    return named(runs("examples", texts()), runs("threshold", real()));
  }

  private static Keys context() {
    return named(runs("min_tokens", text()), runs("max_tokens", text()));
  }

  private static Keys structure() {
    Keys source =
        keys(
            runs("type", word("regex", "keyword_set", "sequence").anyCased()),
            runs("pattern", text()),
            runs("keywords", texts()),
            runs("case_sensitive", flag()),
            runs("sequences", list(texts())));
    Keys feature =
        keys(
            runs("type", word("exists", "count", "density", "sequence").anyCased()),
            runs("source", source),
            gone("normalize_by", "use feature.type: density"));
    return named(runs("feature", feature), runs("predicate", COMPARISON));
  }

  private static Keys conversation() {
    Keys source =
        keys(
            runs(
                "type",
                word("message", "tool_definition", "assistant_tool_call", "assistant_tool_cycle")
                    .anyCased()),
            runs(
                "role",
                word("user", "assistant", "system", "developer", "tool", "non_user").anyCased()));
    Keys feature = keys(runs("type", word("count", "exists").anyCased()), runs("source", source));
    return named(runs("feature", feature), runs("predicate", COMPARISON));
  }

  private static Keys complexity() {
    return named(
        runs("threshold", atLeast(0)),
        runs("hard", EXAMPLES),
        runs("easy", EXAMPLES),
        runs("composer", DecisionSchema.RULE));
  }

  private static Keys roleBinding() {
    Keys subject =
        keys(runs("kind", word("User", "Group").anyCased()).checkedAtStart(), runs("name", text()));
    return named(runs("role", text()), runs("subjects", list(subject.strict())), ON_ERROR).strict();
  }

  private static Keys jailbreak() {
    return named(
            runs("method", text()),
            runs("threshold", real()),
            runs("include_history", flag()),
            runs("jailbreak_patterns", texts()),
            runs("benign_patterns", texts()),
            runs("calibration", CALIBRATION),
            ON_ERROR)
        .strict();
  }

  private static Keys pii() {
    return named(
            runs("threshold", share()),
            runs("pii_types_allowed", texts()),
            runs("include_history", flag()),
            runs("patterns", list(PII_PATTERN)),
            ON_ERROR)
        .strict();
  }

  private static Keys kb() {
    Keys target = keys(runs("kind", word("label", "group")), runs("value", text()));
    return named(
        runs("kb", text()),
        runs("target", target),
        runs("match", word("best", "threshold").anyCased()),
        runs("calibration", CALIBRATION));
  }

  private static Keys event() {
    return named(
        runs("event_types", texts()),
        runs("severities", texts()),
        runs("action_codes", texts()),
        runs("temporal", flag()),
        runs("severity_at_least", word("critical", "high", "medium", "low").anyCased()),
        runs("temporal_window", time()));
  }
}
