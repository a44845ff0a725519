package dev.gatun.router.config;

import dev.gatun.router.signal.KnowledgeBase;
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
  static KnowledgeBases of(Section root) {
    Section catalog = root.section("global").section("model_catalog");
    Map<String, List<String>> metrics = new LinkedHashMap<>();
    if (!catalog.has("kbs")) {
      for (KnowledgeBase base : BuiltInBases.ALL.values()) {
        List<String> own = base.metrics().stream().map(KnowledgeBase.Metric::name).toList();
        metrics.put(base.name(), withThoseOfAll(own));
      }
    }
    for (Section section : catalog.sections("kbs")) {
      List<String> own = new ArrayList<>();
      section.sections("metrics").forEach(m -> m.text("name").ifPresent(own::add));
      section.text("name").ifPresent(name -> metrics.put(name, withThoseOfAll(own)));
    }
    return new KnowledgeBases(metrics);
  }

  private static List<String> withThoseOfAll(List<String> own) {
    List<String> all = new ArrayList<>(KnowledgeBase.METRICS);
    all.addAll(own);
    return all;
  }
}
