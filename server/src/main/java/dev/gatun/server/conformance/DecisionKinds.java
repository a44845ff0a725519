package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.decision.DecisionStage;
import dev.gatun.router.decision.Explanation.Judged;
import dev.gatun.router.decision.Explanation.Kind;
import dev.gatun.router.decision.Explanation.Trace;
import dev.gatun.router.decision.Strategy;
import dev.gatun.router.decision.Verdict;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.server.wire.Json;
import java.util.List;
import java.util.Map;

/** Decisions over given signals. */
final class DecisionKinds {
  private final Compatibility compatibility;

  private DecisionKinds(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  static Map<String, dev.gatun.server.conformance.Kind> of(Compatibility compatibility) {
    DecisionKinds kinds = new DecisionKinds(compatibility);
    return Map.of("decision.evaluate", kinds::evaluate, "decision.trace", kinds::trace);
  }

  private ObjectNode evaluate(Input input) {
    WrittenRules rules = new WrittenRules(input.items("decisions"), compatibility);
    Verdict verdict = stage(rules, input).evaluate(hits(rules, input));
    ObjectNode output = Json.object().putNull("result");
    verdict
        .winner()
        .ifPresent(winner -> {
          ObjectNode result = output.putObject("result");
          result.put("decision", winner.decision().name());
          result.put("confidence", winner.confidence());
          if (!winner.signals().isEmpty()) {
            ArrayNode matched = result.putArray("matched_rules");
            winner.signals().forEach(key -> matched.add(rules.written(key)));
          }
        });
    return output;
  }

  private ObjectNode trace(Input input) {
    WrittenRules rules = new WrittenRules(input.items("decisions"), compatibility);
    List<Judged> judged = stage(rules, input).explain(hits(rules, input)).decisions();
    ObjectNode output = Json.object();
    ArrayNode traces = output.putArray("trace");
    for (int i = 0; i < judged.size(); i++) {
      ObjectNode root = tree(input.items("decisions").get(i).at("rules"), judged.get(i).root());
      ObjectNode decision = traces.addObject();
      decision.put("decision_name", judged.get(i).decision());
      decision.put("matched", judged.get(i).matched());
      decision.put(
          "confidence",
          isUpstream() ? root.path("confidence").asDouble() : judged.get(i).confidence());
      decision.set("root_trace", root);
    }
    return output;
  }

  /** A node of a rule tree. As v0.3 tells it, an AND ends at its first part that does not hold. */
  private ObjectNode tree(Input written, Trace trace) {
    ObjectNode node = Json.object();
    if (WrittenRules.isLeaf(written)) {
      node.put("node_type", "leaf");
      node.put("signal_type", written.text("type"));
      node.put("signal_name", written.text("name"));
    } else {
      String operator = WrittenRules.operator(written);
      boolean isTold = operator.equals("NOT") || !written.items("conditions").isEmpty();
      node.put("node_type", isTold ? operator : trace.kind().name());
    }
    node.put("matched", trace.matched());
    node.put("confidence", trace.confidence());
    if (!trace.children().isEmpty()) {
      ArrayNode children = node.putArray("children");
      List<Input> conditions = written.items("conditions");
      for (int i = 0; i < trace.children().size(); i++) {
        Trace child = trace.children().get(i);
        if (child.visited() || !isUpstream() || trace.kind() != Kind.AND) {
          children.add(tree(conditions.get(i), child));
        }
      }
    }
    return node;
  }

  private DecisionStage stage(WrittenRules rules, Input input) {
    Strategy strategy =
        input.text("strategy").equals("confidence") ? Strategy.CONFIDENCE : Strategy.PRIORITY;
    return new DecisionStage(rules.table(), rules.decisions(), strategy, compatibility);
  }

  private static SignalHits hits(WrittenRules rules, Input input) {
    List<Domain> domains =
        input.items("domains").stream()
            .map(domain ->
                Domain.of(
                    domain.text("name"), domain.texts("mmlu_categories").toArray(String[]::new)))
            .toList();
    return rules.hits(input.at("signals"), domains);
  }

  private boolean isUpstream() {
    return compatibility == Compatibility.UPSTREAM_0_3;
  }
}
