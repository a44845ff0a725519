package dev.gatun.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.router.config.Diagnostic.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

class MentionCheckTest {
  private static final String REST =
      """
          domains: [{name: math, model_scores: [{model: MODEL, score: 1}]}]
        decisions: [{name: d, rules: {type: domain, name: math}, modelRefs: [{model: m}]}]
      global:
        router:
          model_selection:
            lookup_tables:
              quality_gaps:
                - {task_family: t, current_model: MODEL, candidate_model: m, value: 0}
              handoff_penalties: [{from_model: m, to_model: MODEL, value: 0}]
        integrations: {looper: {model_endpoints: {MODEL: "http://h"}}}
        services:
          ratelimit:
            providers:
              - type: local-limiter
                rules:
                  - {name: r, match: {model: MODEL}, requests_per_unit: 1, unit: hour}
                  - {name: s, match: {model: "*"}, requests_per_unit: 1, unit: hour}
        stores: {memory: {disabled_models: [MODEL], disabled_routes: [ROUTE]}}
      """;

  private static List<String> warned(String model, String decision) {
    return Documents.keys(
            Documents.decode(
                Documents.HEAD + REST.replace("MODEL", model).replace("ROUTE", decision)),
            Severity.WARNING)
        .stream()
        .filter(key -> !key.endsWith("handoff_penalties"))
        .toList();
  }

  @Test
  void namesThatExistAreNotWarnedOf() {
    assertEquals(List.of(), warned("m", "d"));
  }

  @Test
  void namesOfNothingAreWarnedOfAtTheirPlace() {
    assertEquals(
        List.of(
            "routing.signals.domains[0].model_scores[0].model",
            "global.router.model_selection.lookup_tables.quality_gaps[0].current_model",
            "global.router.model_selection.lookup_tables.handoff_penalties[0].to_model",
            "global.integrations.looper.model_endpoints",
            "global.services.ratelimit.providers[0].rules[0].match.model",
            "global.stores.memory.disabled_models",
            "global.stores.memory.disabled_routes"),
        warned("ghost", "nobody"));
  }
}
