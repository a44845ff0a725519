package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.signal.Structure;
import dev.gatun.router.signal.Structure.Measured;
import dev.gatun.server.wire.Json;
import java.util.List;
import java.util.Map;

/** Structure rules. */
final class StructureKinds {
  private final Rules rules;

  private StructureKinds(Rules rules) {
    this.rules = rules;
  }

  static Map<String, Kind> of(Rules rules) {
    StructureKinds kinds = new StructureKinds(rules);
    return Map.of("structure.match", kinds::match, "structure.table", kinds::table);
  }

  private ObjectNode match(Input input) {
    ObjectNode output = Json.object();
    ArrayNode matches = output.putArray("matches");
    for (Measured measured : evaluator(input.items("rules")).measure(input.text("text"))) {
      if (measured.matched()) {
        matches
            .addObject()
            .put("rule", measured.rule().name())
            .put("value", measured.value())
            .put("confidence", measured.confidence());
      }
    }
    return output;
  }

  private ObjectNode table(Input input) {
    Structure.Evaluator evaluator = evaluator(List.of(input.at("rule")));
    ObjectNode output = Json.object();
    ArrayNode results = output.putArray("results");
    for (String text : input.texts("texts")) {
      ObjectNode result = results.addObject().put("matched", false);
      for (Measured measured : evaluator.measure(text)) {
        result.put("matched", measured.matched()).put("value", measured.value());
        if (measured.matched()) {
          result.put("confidence", measured.confidence());
        }
      }
    }
    return output;
  }

  private Structure.Evaluator evaluator(List<Input> written) {
    return new Structure.Evaluator(
        rules.signals("structure", Rules.list(written), Structure.class), rules.compatibility());
  }
}
