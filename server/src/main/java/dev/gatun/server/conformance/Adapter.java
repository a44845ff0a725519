package dev.gatun.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatun.router.model.Compatibility;
import dev.gatun.server.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Answers cases: {@code {"id", "kind", "input"}} becomes {@code {"id", "output"}}, or {@code {"id",
 * "unsupported": true}} for a kind that nobody here knows. A function that answers with an error
 * has it in its output, as {@code error} or, when there are several, also as {@code errors}.
 */
public final class Adapter {
  private final Map<String, Kind> kinds = new TreeMap<>();

  public Adapter(Compatibility compatibility) {
    Rules rules = new Rules(compatibility);
    for (Map<String, Kind> group :
        List.of(
            BodyKinds.of(compatibility),
            ComparisonKinds.of(rules),
            CompressionKinds.of(compatibility),
            ConfigKinds.of(rules),
            DecisionKinds.of(compatibility),
            GuardKinds.of(compatibility),
            KeywordKinds.of(rules),
            LanguageKinds.of(compatibility),
            ProjectionKinds.of(compatibility),
            RequestKinds.of(rules),
            RetrievalKinds.of(compatibility),
            StructureKinds.of(rules),
            TokenKinds.all(),
            TextKinds.all())) {
      group.forEach(this::add);
    }
  }

  private void add(String name, Kind kind) {
    if (kinds.put(name, kind) != null) {
      throw new IllegalStateException("two groups answer cases of kind " + name);
    }
  }

  /**
   * The answer to one case.
   *
   * @throws RuntimeException when a function failed in a way that is no answer
   */
  public ObjectNode answer(ObjectNode request) {
    ObjectNode answer = Json.object();
    answer.set("id", request.path("id"));
    Kind kind = kinds.get(request.path("kind").asText());
    if (kind == null) {
      return answer.put("unsupported", true);
    }
    answer.set("output", output(kind, request.path("input")));
    return answer;
  }

  private static ObjectNode output(Kind kind, JsonNode input) {
    try {
      return kind.answer(new Input(input));
    } catch (Refused e) {
      return refusal(e);
    }
  }

  /** An output that is nothing but what is wrong. */
  static ObjectNode refusal(Refused refused) {
    ObjectNode output = Json.object().put("error", String.valueOf(refused.getMessage()));
    if (refused.messages().size() > 1) {
      refused.messages().forEach(output.putArray("errors")::add);
    }
    return output;
  }
}
