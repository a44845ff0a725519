package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.config.Target;
import dev.gatun.router.signal.Entropy;
import dev.gatun.router.signal.ReasoningChoice;
import dev.gatun.router.text.Levenshtein;
import dev.gatun.router.text.LowerCase;
import dev.gatun.router.text.TextUnits;
import dev.gatun.server.wire.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Functions of a few values: distances, entropies, addresses. */
final class TextKinds {
  private TextKinds() {}

  static Map<String, Kind> all() {
    return Map.of(
        "text.levenshtein", TextKinds::levenshtein,
        "text.units", TextKinds::units,
        "entropy.analyze", TextKinds::entropy,
        "entropy.reasoning", TextKinds::reasoning,
        "endpoint.parse", TextKinds::endpoint);
  }

  private static ObjectNode levenshtein(Input input) {
    String a = LowerCase.of(input.text("a"));
    String b = LowerCase.of(input.text("b"));
    return Json.object().put("distance", Levenshtein.distance(a, b));
  }

  private static ObjectNode units(Input input) {
    return Json.object().put("units", TextUnits.count(input.text("text")));
  }

  private static ObjectNode entropy(Input input) {
    Entropy entropy = Entropy.of(input.numbers("probabilities"));
    return Json.object()
        .put("entropy", entropy.bits())
        .put("normalized_entropy", entropy.normalized())
        .put("certainty", 1 - entropy.normalized())
        .put("uncertainty_level", entropy.level().name().toLowerCase(Locale.ROOT));
  }

  private static ObjectNode reasoning(Input input) {
    Map<String, Boolean> wanted = new HashMap<>();
    input
        .members("reasoning")
        .forEach((category, wants) -> wanted.put(category, wants.json().asBoolean()));
    List<Double> probabilities = input.numbers("probabilities");
    List<String> categories = input.texts("categories");
    if (categories.size() != probabilities.size()) {
      throw new Refused("every category needs one probability");
    }
    ReasoningChoice choice =
        ReasoningChoice.of(categories, probabilities, wanted, input.number("threshold"));
    return Json.object()
        .put("use_reasoning", choice.useReasoning())
        .put("confidence", choice.confidence())
        .put("decision_reason", choice.reason())
        .put("fallback_strategy", choice.strategy());
  }

  private static ObjectNode endpoint(Input input) {
    Target target =
        Target.parse(input.text("endpoint"), input.text("protocol"))
            .orElseThrow(() -> new Refused("not an address: " + input.text("endpoint")));
    return Json.object().put("host", target.host()).put("port", target.port());
  }
}
