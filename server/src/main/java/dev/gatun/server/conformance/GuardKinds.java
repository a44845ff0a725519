package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.port.Answer;
import dev.gatun.router.signal.GuardParser;
import dev.gatun.router.signal.GuardParser.Verdict;
import dev.gatun.server.wire.Json;
import java.util.Map;

/** What guard models write. */
final class GuardKinds {
  private final Compatibility compatibility;

  private GuardKinds(Compatibility compatibility) {
    this.compatibility = compatibility;
  }

  static Map<String, Kind> of(Compatibility compatibility) {
    return Map.of("guard.parse", new GuardKinds(compatibility)::parse);
  }

  private ObjectNode parse(Input input) {
    String word = input.text("parser");
    GuardParser parser =
        GuardParser.ofWord(word).orElseThrow(() -> new Refused("no parser is called " + word));
    return switch (parser.parse(input.text("output"), compatibility)) {
      case Answer.Known<Verdict>(Verdict(boolean unsafe, double confidence)) ->
          Json.object().put("unsafe", unsafe).put("confidence", confidence);
      case Answer.Failed<Verdict>(String reason, _) -> throw new Refused(reason);
    };
  }
}
