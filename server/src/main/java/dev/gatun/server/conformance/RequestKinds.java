package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Identity;
import dev.gatun.router.model.TurnCounts;
import dev.gatun.router.signal.ContextSize;
import dev.gatun.router.signal.ConversationShape;
import dev.gatun.router.signal.Event;
import dev.gatun.router.signal.RoleBinding;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalRule;
import dev.gatun.router.signal.SignalTable;
import dev.gatun.router.text.TokenEstimate;
import dev.gatun.server.wire.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Rules on the form of a request: its size, its turns, events in it, and who sent it. */
final class RequestKinds {
  private final Rules rules;

  private RequestKinds(Rules rules) {
    this.rules = rules;
  }

  static Map<String, Kind> of(Rules rules) {
    RequestKinds kinds = new RequestKinds(rules);
    return Map.of(
        "context.match", kinds::context,
        "context.parse_bound", RequestKinds::bound,
        "context.estimate", RequestKinds::estimate,
        "conversation.match", kinds::conversation,
        "event.match", kinds::event,
        "authz.match", kinds::authz,
        "authz.build", kinds::bindings);
  }

  private ObjectNode context(Input input) {
    TokenEstimate estimate = TokenEstimate.UNCALIBRATED;
    long tokens =
        input.has("text")
            ? estimate.tokens(input.text("text"))
            : estimate.tokens(input.whole("byte_length"));
    List<ContextSize> declared =
        rules.signals("context", Rules.list(input.items("rules")), ContextSize.class);
    ObjectNode output = Json.object().put("tokens", tokens);
    ArrayNode matched = output.putArray("matched");
    new ContextSize.Evaluator(declared, rules.compatibility())
        .matching(tokens)
        .forEach(rule -> matched.add(rule.name()));
    return output;
  }

  private static ObjectNode bound(Input input) {
    long tokens =
        ContextSize.bound(input.text("value"))
            .orElseThrow(() -> new Refused("not a number of tokens: " + input.text("value")));
    return Json.object().put("tokens", tokens);
  }

  private static ObjectNode estimate(Input input) {
    return Json.object().put("tokens", TokenEstimate.UNCALIBRATED.tokens(input.text("text")));
  }

  private ObjectNode conversation(Input input) {
    List<ConversationShape> declared =
        rules.signals("conversation", Rules.list(input.items("rules")), ConversationShape.class);
    SignalHits.Recorder recorder = recorder(declared);
    new ConversationShape.Evaluator(declared, rules.compatibility())
        .evaluate(counts(input.at("facts")), recorder);
    SignalHits hits = recorder.finish();
    ObjectNode output = Json.object();
    names(output.putArray("matched"), hits);
    ObjectNode values = output.putObject("values");
    hits.matched()
        .forEach(
            hit -> values.put(hit.key().toString(), hits.values().getOrDefault(hit.key(), 0.0)));
    return output;
  }

  /** Counts as the cases write them; v0.3 takes every tool result for a cycle. */
  private static TurnCounts counts(Input facts) {
    return new TurnCounts(
        facts.whole("user_message_count"),
        facts.whole("assistant_message_count"),
        facts.whole("system_message_count"),
        facts.flag("has_developer_message") ? 1 : 0,
        facts.whole("tool_message_count"),
        facts.whole("tool_definition_count"),
        facts.whole("assistant_tool_call_count"),
        facts.whole("tool_result_count"));
  }

  private ObjectNode event(Input input) {
    List<Event> declared = rules.signals("events", Rules.list(input.items("rules")), Event.class);
    String text = input.text("text");
    ObjectNode output = Json.object();
    ArrayNode matches = output.putArray("matches");
    for (Event.Found found :
        new Event.Evaluator(declared, rules.compatibility()).find(text, text, Instant.EPOCH)) {
      matches
          .addObject()
          .put("rule", found.rule().name())
          .put("confidence", found.confidence())
          .put("severity", found.severity().map(Event.Severity::word).orElse(""))
          .put("temporal", found.temporal());
    }
    return output;
  }

  private ObjectNode authz(Input input) {
    List<RoleBinding> declared =
        rules.signals("role_bindings", Rules.list(input.items("bindings")), RoleBinding.class);
    SignalHits.Recorder recorder = recorder(declared);
    new RoleBinding.Evaluator(declared, false, rules.compatibility())
        .evaluate(new Identity(input.text("user"), input.texts("groups")), recorder);
    SignalHits hits = recorder.finish();
    if (hits.denial().isPresent()) {
      throw new Refused(hits.denial().get());
    }
    ObjectNode output = Json.object();
    names(output.putArray("roles"), hits);
    return output;
  }

  private ObjectNode bindings(Input input) {
    try {
      rules.requireStart("role_bindings", Rules.list(input.items("bindings")));
      return Json.object().put("ok", true);
    } catch (Refused e) {
      return Adapter.refusal(e).put("ok", false);
    }
  }

  private static SignalHits.Recorder recorder(List<? extends SignalRule> rules) {
    return new SignalHits.Recorder(
        SignalTable.of(rules.stream().flatMap(rule -> rule.outputs().stream()).toList()));
  }

  private static void names(ArrayNode names, SignalHits hits) {
    hits.matched().forEach(hit -> names.add(hit.key().name()));
  }
}
