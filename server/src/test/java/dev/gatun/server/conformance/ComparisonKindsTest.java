package dev.gatun.server.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.router.model.Compatibility;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What compares vectors, in the semantics of both. */
class ComparisonKindsTest {
  private final Adapter upstream = new Adapter(Compatibility.UPSTREAM_0_3);
  private final Adapter ours = new Adapter(Compatibility.GATUN);

  @Test
  void aKnowledgeBaseNeedsNoGroups() {
    String input =
        """
        {"kb": {"name": "kb", "source": {"path": ""}, "threshold": 0.5},
         "label_scores": {"a": 0.9}}
        """;
    for (Adapter adapter : List.of(ours, upstream)) {
      JsonNode scores = adapter.answer(AdapterTest.request("kb.score", input)).path("output");
      assertEquals("a", scores.path("best_label").asText(), scores.toString());
      assertEquals("[\"a\"]", scores.path("matched_labels").toString());
    }
  }

  /** Spec config §7.5 and signals §16: what the loader makes of such a number. */
  @Test
  void numbersThatAreNoneAreReadAsTheLoaderReadsThem() {
    String cut =
        "{\"top_k\": -1, \"matched\": [\"a\", \"b\"],"
            + " \"confidences\": {\"embedding:a\": 0.7, \"embedding:b\": 0.9}}";
    String streak = "{\"threshold\": 0.8, \"lookback_turns\": 0, \"similarities\": [0.9, 0.1]}";
    for (Adapter adapter : List.of(ours, upstream)) {
      JsonNode kept = adapter.answer(AdapterTest.request("embedding.top_k", cut)).path("output");
      assertEquals("[\"b\"]", kept.path("matched").toString(), kept.toString());
      JsonNode found = adapter.answer(AdapterTest.request("reask.streak", streak)).path("output");
      assertEquals(1, found.path("streak").asInt(-1), found.toString());
    }
  }
}
