package dev.gatun.router.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The knowledge bases that a file may name, and their metrics. A file that lists some has no
 * others.
 *
 * @param metrics by the name of the knowledge base, those that every one has included
 */
record KnowledgeBases(Map<String, List<String>> metrics) {
  private static final List<String> OF_ALL = List.of("best_score", "best_matched_score");
  private static final Map<String, List<String>> BUILT_IN =
      Map.of(
          "privacy_kb", List.of("private_vs_public"),
          "mmlu_kb", List.of("escalate_vs_keep"));

  static KnowledgeBases of(Section root) {
    Section catalog = root.section("global").section("model_catalog");
    Map<String, List<String>> metrics = new LinkedHashMap<>();
    if (!catalog.has("kbs")) {
      BUILT_IN.forEach((name, own) -> metrics.put(name, withThoseOfAll(own)));
    }
    for (Section section : catalog.sections("kbs")) {
      List<String> own = new ArrayList<>();
      section.sections("metrics").forEach(m -> m.text("name").ifPresent(own::add));
      section.text("name").ifPresent(name -> metrics.put(name, withThoseOfAll(own)));
    }
    return new KnowledgeBases(metrics);
  }

  private static List<String> withThoseOfAll(List<String> own) {
    List<String> all = new ArrayList<>(OF_ALL);
    all.addAll(own);
    return all;
  }
}
