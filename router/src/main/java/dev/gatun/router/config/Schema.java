package dev.gatun.router.config;

import static dev.gatun.router.config.Shape.anything;
import static dev.gatun.router.config.Shape.entries;
import static dev.gatun.router.config.Shape.fact;
import static dev.gatun.router.config.Shape.flag;
import static dev.gatun.router.config.Shape.gone;
import static dev.gatun.router.config.Shape.inert;
import static dev.gatun.router.config.Shape.keys;
import static dev.gatun.router.config.Shape.later;
import static dev.gatun.router.config.Shape.list;
import static dev.gatun.router.config.Shape.runs;
import static dev.gatun.router.config.Shape.share;
import static dev.gatun.router.config.Shape.text;
import static dev.gatun.router.config.Shape.texts;
import static dev.gatun.router.config.Shape.time;
import static dev.gatun.router.config.Shape.whole;
import static dev.gatun.router.config.Shape.word;

import dev.gatun.router.config.Shape.Field;
import dev.gatun.router.config.Shape.Keys;
import dev.gatun.router.config.Shape.Word;

/** Every key a v0.3 file may have, and what this build does with it. */
final class Schema {
  private static final String CARD = "describe the model in routing.modelCards instead";
  private static final String BACKENDS = "write addresses and keys in backend_refs instead";
  private static final String DEFAULTS = "move it to providers.defaults";
  private static final String SELECTION = "selection algorithms other than static";

  static final Keys LISTENER =
      keys(
              runs("name", text()),
              runs("address", text()),
              runs("port", whole(0, 65535)).unchecked(),
              runs("timeout", time()).unchecked(),
              runs("api_keys", texts()),
              later("tls", keys(Shape.each(text(), "cert_file", "key_file")), "TLS on listeners"),
              runs("auth", word("none", "keys", "jwt").runningOnly("none", "keys")),
              runs("trust_identity_headers", flag()))
          .strict();

  static final Keys PRICING =
      keys(
          new Field[] {runs("currency", text())},
          Shape.unchecked(Shape.atLeast(0), "prompt_per_1m completion_per_1m cached_input_per_1m"),
          new Field[] {
            fact(
                "cache_write_per_1m",
                Shape.atLeast(0),
                "api_format: anthropic, whose backends alone count what they write to a cache")
          });

  static final Keys BACKEND =
      keys(
          Shape.each(
              text(),
              "name",
              "endpoint",
              "base_url",
              "type",
              "auth_header",
              "auth_prefix",
              "api_version",
              "chat_path",
              "api_key",
              "api_key_env"),
          new Field[] {
            runs("protocol", word("http", "https").anyCased()).unchecked(),
            runs("weight", whole(0, Integer.MAX_VALUE)).unchecked(),
            runs("provider", text()),
            runs("extra_headers", entries(text()))
          });

  static final Keys TIMEOUTS = keys(Shape.each(time(), "connect", "first_byte", "idle"));

  /** What a call is sent again for, and how many calls there are at most. */
  static final Keys RETRY =
      keys(runs("attempts", whole(1, 10)), runs("on", list(word("connect", "429", "503"))));

  /** How many failures in which time keep calls away, for how long, and how many then try. */
  static final Keys BREAKER =
      keys(
          runs("failures", whole(1, 1_000)),
          runs("window", time()),
          runs("open", time()),
          runs("half_open", whole(1, 100)));

  /** What is asked of a backend, how often, and how long it may take. */
  static final Keys HEALTH =
      keys(runs("path", text()), runs("interval", time()), runs("timeout", time()));

  static final Keys PROVIDER_MODEL =
      keys(
          runs("name", text()),
          runs("reasoning_family", text()),
          runs("provider_model_id", text()),
          runs("external_model_ids", entries(text())),
          runs("api_format", word("openai", "anthropic", "responses").runningOnly("openai"))
              .unchecked(),
          runs("pricing", PRICING),
          runs("backend_refs", list(BACKEND)),
          runs("timeouts", TIMEOUTS),
          later("retry", RETRY, "retries"),
          later("breaker", BREAKER, "circuit breakers"),
          later("health", HEALTH, "health checks of backends"),
          later("fallback_models", texts(), "fallback models"),
          later("lb_policy", word("weighted", "session"), "load balancing policies"),
          later(
              "header_passthrough",
              keys(Shape.each(texts(), "request", "response")),
              "header pass-through"),
          gone("access", BACKENDS),
          gone("endpoints", BACKENDS),
          gone("access_key", BACKENDS),
          gone("param_size", CARD),
          gone("context_window_size", CARD),
          gone("description", CARD),
          gone("capabilities", CARD),
          gone("loras", CARD),
          gone("quality_score", CARD),
          gone("modality", CARD),
          gone("tags", CARD));

  static final Keys REASONING_FAMILY = keys(runs("type", text()), runs("parameter", text()));

  static final Keys PROVIDER_DEFAULTS =
      keys(
          runs("default_model", text()),
          runs("reasoning_families", entries(REASONING_FAMILY)),
          runs("default_reasoning_effort", text()));

  static final Keys PROVIDERS =
      keys(
          runs("defaults", PROVIDER_DEFAULTS),
          runs("models", list(PROVIDER_MODEL)),
          gone("model_targets", "write backend_refs under providers.models"),
          gone("backends", "write backend_refs under providers.models"),
          gone("auth_profiles", "write keys in providers.models[].backend_refs"),
          gone("default_model", DEFAULTS),
          gone("reasoning_families", DEFAULTS),
          gone("default_reasoning_effort", DEFAULTS));

  static final Keys LORA = keys(runs("name", text()), runs("description", text()));

  static final Keys MODEL_CARD =
      keys(
          runs("name", text()),
          fact("param_size", text(), SELECTION),
          runs("context_window_size", Shape.count()).unchecked(),
          runs("description", text()),
          fact("capabilities", texts(), SELECTION),
          runs("loras", list(LORA)),
          fact("quality_score", share(), SELECTION).unchecked(),
          runs("modality", text()),
          runs("tags", texts()),
          later("tools", flag(), "capability checks"),
          later(
              "structured_output",
              word("json_schema", "tool", "json_object", "none"),
              "capability checks"),
          later("builtin_tools", texts(), "capability checks"));

  private static final Word STRATEGY = word("priority", "confidence");

  static final Keys ROUTING =
      keys(
          runs("modelCards", list(MODEL_CARD)),
          runs("signals", SignalSchema.SIGNALS),
          runs("projections", ProjectionSchema.PROJECTIONS),
          runs("decisions", list(DecisionSchema.DECISION)),
          runs("strategy", STRATEGY),
          gone("models", "declare models in routing.modelCards"));

  static final Keys ENTRYPOINT = keys(runs("model_names", texts()), runs("recipe", text()));

  /** What a profile of its own may have; facts about models are for all. */
  static final Keys RECIPE_ROUTING =
      keys(
          runs("signals", SignalSchema.SIGNALS),
          runs("projections", ProjectionSchema.PROJECTIONS),
          runs("decisions", list(DecisionSchema.DECISION)),
          runs("strategy", STRATEGY),
          gone("modelCards", "declare models in the top-level routing; all recipes share them"));

  static final Keys RECIPE =
      keys(runs("name", text()), runs("description", text()), runs("routing", RECIPE_ROUTING));

  static final Keys ROOT =
      keys(
          runs("version", text()),
          runs("listeners", list(LISTENER)),
          runs("providers", PROVIDERS),
          runs("routing", ROUTING),
          runs("global", GlobalSchema.GLOBAL),
          inert("setup", anything(), "it is the state of a set-up wizard"),
          runs("entrypoints", list(ENTRYPOINT)),
          runs("recipes", list(RECIPE)));

  private Schema() {}
}
