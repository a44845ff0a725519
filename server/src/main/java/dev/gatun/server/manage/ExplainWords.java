package dev.gatun.server.manage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Providers.Backend;
import dev.gatun.router.config.Providers.Model;
import dev.gatun.router.config.Providers.Pricing;
import dev.gatun.router.config.RouterConfig;
import dev.gatun.router.decision.Verdict.Winner;
import dev.gatun.router.pipeline.Routed;
import dev.gatun.server.wire.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What an operator asks of a routed request, in one place: which signals, decision, algorithm,
 * model, plugins and configuration, and what it will cost.
 */
final class ExplainWords {
  private final RouterConfig config;
  private final Routed routed;
  private final ObjectNode eval;

  private ExplainWords(RouterConfig config, Routed routed, ObjectNode eval) {
    this.config = config;
    this.routed = routed;
    this.eval = eval;
  }

  /**
   * The answers.
   *
   * @param eval the dry run of the same request
   * @param answerTokens that the answer may have; 0 when the request does not say
   */
  static ObjectNode of(RouterConfig config, Routed routed, ObjectNode eval, long answerTokens) {
    ExplainWords words = new ExplainWords(config, routed, eval);
    ObjectNode answers = Json.object();
    answers.set("signals", words.signals());
    answers.set("decision", words.decision());
    answers.set("algorithm", words.algorithm());
    answers.set("model", words.model());
    words.plugins(answers.putArray("plugins"));
    answers.set("configuration", words.configuration());
    answers.set("cost_estimate", words.cost(answerTokens));
    return answers;
  }

  private ObjectNode signals() {
    ObjectNode to = Json.object();
    to.set("matched", eval.at("/decision_result/matched_signals"));
    to.set("confidences", eval.path("signal_confidences"));
    to.set("degraded", eval.path("degraded_signals"));
    return to;
  }

  private ObjectNode decision() {
    Optional<Winner> winner = routed.verdict().winner();
    ObjectNode to = Json.object().put("name", winner.map(w -> w.decision().name()).orElse(""));
    winner.ifPresent(won -> {
      to.put("confidence", won.confidence());
      to.put("decided_by", SignalWords.word(won.decidedBy()));
      ArrayNode rules = to.putArray("matched_rules");
      won.signals().forEach(key -> rules.add(key.toString()));
      won.category().ifPresent(category -> to.put("category", category));
    });
    return to;
  }

  private ObjectNode algorithm() {
    ObjectNode to = Json.object();
    copy("selection_method", "method", to);
    copy("recommended_models", "candidates", to);
    copy("selection_notes", "notes", to);
    return to;
  }

  private ObjectNode model() {
    ObjectNode to = Json.object();
    copy("requested_model", "requested", to);
    copy("selected_model", "selected", to);
    copy("selection_error", "error", to);
    copy("reasoning", "reasoning", to);
    copy("reasoning_effort", "reasoning_effort", to);
    served()
        .ifPresent(model -> {
          to.put("api_format", model.apiFormat().name().toLowerCase(Locale.ROOT));
          ArrayNode backends = to.putArray("backends");
          model.backends().forEach(backend -> backends.add(backend(backend)));
        });
    return to;
  }

  private static ObjectNode backend(Backend backend) {
    return Json.object()
        .put("name", backend.name())
        .put("provider", backend.provider())
        .put("model", backend.upstreamModel())
        .put("weight", backend.weight());
  }

  private void plugins(ArrayNode to) {
    routed
        .verdict()
        .winner()
        .map(winner -> winner.decision().plugins())
        .orElse(List.of())
        .forEach(to::add);
  }

  private ObjectNode configuration() {
    ObjectNode to = Json.object();
    copy("config_hash", "hash", to);
    to.put("compatibility", config.global().router().compatibility().word());
    return to.put("recipe", routed.profile().name());
  }

  /** An estimate: nobody has counted the request, and its answer is as long as it may be. */
  private ObjectNode cost(long answerTokens) {
    ObjectNode to = Json.object().put("prompt_tokens", routed.contextTokens());
    if (answerTokens > 0) {
      to.put("completion_tokens_max", answerTokens);
    }
    Optional<Pricing> pricing = served().flatMap(Model::pricing);
    if (pricing.isEmpty()) {
      return to.put("unknown", "no price of the selected model is configured");
    }
    to.put("currency", pricing.get().currency());
    put("prompt", pricing.get().cost(routed.contextTokens(), 0, 0), to);
    if (answerTokens > 0) {
      put("completion_max", pricing.get().cost(0, 0, answerTokens), to);
      put("total_max", pricing.get().cost(routed.contextTokens(), 0, answerTokens), to);
    }
    return to;
  }

  private static void put(String key, OptionalDouble amount, ObjectNode to) {
    amount.ifPresent(value -> to.put(key, value));
  }

  private Optional<Model> served() {
    return Optional.of(eval.path("selected_model").asText())
        .flatMap(config::serving)
        .map(RouterConfig.Serving::model);
  }

  private void copy(String from, String key, ObjectNode to) {
    JsonNode value = eval.path(from);
    if (!value.isMissingNode()) {
      to.set(key, value);
    }
  }
}
