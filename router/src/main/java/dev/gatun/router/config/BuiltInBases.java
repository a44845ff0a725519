package dev.gatun.router.config;

import dev.gatun.router.signal.KnowledgeBase;
import dev.gatun.router.signal.KnowledgeBase.Metric;
import dev.gatun.router.signal.PrototypeScoring;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The knowledge bases that a file without {@code kbs} has, by the folder of their manifests (spec
 * config §7.5).
 */
final class BuiltInBases {
  private static final List<String> CONTAINMENT =
      List.of(
          "prompt_injection",
          "credential_exfiltration",
          "jailbreak_role",
          "system_prompt_extraction");

  private static final List<String> POLICY =
      List.of(
          "proprietary_code",
          "internal_document",
          "pii",
          "business_strategy",
          "trade_secret_ip",
          "operational_infrastructure",
          "locality_directive",
          "customer_data");

  private static final List<String> FRONTIER =
      List.of("architecture_analysis", "root_cause_analysis", "multi_step_tradeoffs");

  private static final List<String> LOCAL =
      List.of("generic_coding", "simple_task", "general_knowledge");

  static final Map<String, KnowledgeBase> ALL = all();

  private BuiltInBases() {}

  private static Map<String, KnowledgeBase> all() {
    Map<String, KnowledgeBase> all = new LinkedHashMap<>();
    all.put("knowledge_bases/privacy/", privacy());
    all.put("knowledge_bases/mmlu/", subjects());
    return Collections.unmodifiableMap(all);
  }

  private static KnowledgeBase privacy() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put("frontier_reasoning", FRONTIER);
    groups.put("local_standard", LOCAL);
    groups.put("privacy_policy", POLICY);
    groups.put("private", joined(CONTAINMENT, POLICY));
    groups.put("public", joined(FRONTIER, LOCAL));
    groups.put("security_containment", CONTAINMENT);
    return new KnowledgeBase(
        "privacy_kb",
        0.55,
        Map.of("prompt_injection", 0.7),
        groups,
        List.of(new Metric("private_vs_public", "private", "public")),
        PrototypeScoring.byDefault(),
        Map.of());
  }

  private static KnowledgeBase subjects() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put(
        "escalate",
        List.of(
            "biology",
            "business",
            "computer science",
            "economics",
            "history",
            "math",
            "other",
            "philosophy",
            "psychology"));
    groups.put("keep", List.of("chemistry", "engineering", "health", "law", "physics"));
    return new KnowledgeBase(
        "mmlu_kb",
        0.25,
        Map.of(),
        groups,
        List.of(new Metric("escalate_vs_keep", "escalate", "keep")),
        PrototypeScoring.byDefault(),
        Map.of());
  }

  private static List<String> joined(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
