package dev.gatun.router.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Valid files with all kinds of signals, projections and decisions, put together by chance. */
final class RandomPolicy {
  private static final List<String> WORDS =
      List.of(
          "urgent", "please", "math", "verse", "attack", "law", "broken", "one", "two", "three");

  private static final String MAPPINGS =
      """
          mappings:
            - name: band
              source: hardness
              method: threshold_bands
              outputs: [{name: high, gte: 0.4}, {name: low, lt: 0.4}]
      """;

  private static final List<String> SIGNAL_LEAVES =
      List.of(
          "keyword, name: urgent",
          "keyword, name: polite",
          "context, name: long",
          "language, name: en",
          "domain, name: math",
          "domain, name: law",
          "domain, name: other",
          "fact_check, name: needs_fact_check",
          "user_feedback, name: satisfied",
          "modality, name: DIFFUSION",
          "jailbreak, name: attack",
          "pii, name: private",
          "embedding, name: poem",
          "embedding, name: story",
          "complexity, name: 'effort:hard'",
          "complexity, name: 'effort:easy'");

  private static final List<String> BANDS =
      List.of("projection, name: high", "projection, name: low");

  private final Random random;

  private RandomPolicy(Random random) {
    this.random = random;
  }

  /** A file that evaluates everything. */
  static String document(Random random) {
    return new RandomPolicy(random).document();
  }

  /** The same file with lazy signals. */
  static String lazy(String document) {
    return document.replace("router: {", "router: {lazy_signals: true, ");
  }

  /** The text of a request. */
  static String request(Random random) {
    StringBuilder text = new StringBuilder("go");
    for (int i = random.nextInt(6); i >= 0; i--) {
      text.append(' ').append(WORDS.get(random.nextInt(WORDS.size())));
    }
    return text.toString();
  }

  private String document() {
    StringBuilder text = new StringBuilder();
    text.append(signals());
    for (int i = random.nextInt(3); i >= 0; i--) {
      text.append("              - {type: ")
          .append(of(SIGNAL_LEAVES))
          .append(", weight: ")
          .append(of("0.3", "-0.3", "0.6"))
          .append(of("", ", value_source: confidence"))
          .append("}\n");
    }
    text.append(MAPPINGS).append("  decisions:\n");
    boolean tiers = random.nextInt(3) == 0;
    int decisions = 2 + random.nextInt(4);
    for (int i = 0; i < decisions; i++) {
      text.append("    - {name: d")
          .append(i)
          .append(", priority: ")
          .append(random.nextInt(3))
          .append(tiers ? ", tier: " + random.nextInt(3) : "")
          .append(", rules: ")
          .append(rule(2))
          .append(", modelRefs: [{model: small}")
          .append(of("", ", {model: large}"))
          .append("]}\n");
    }
    if (random.nextInt(3) == 0) {
      text.append("    - {name: boosting, rules: {type: ")
          .append(of(SIGNAL_LEAVES))
          .append("}, boost: {hardness: 0.3, math: 0.2}}\n");
    }
    return text.append(global()).toString();
  }

  private String signals() {
    return """
    providers:
      defaults: {default_model: small}
      models:
        - {name: small, backend_refs: [{endpoint: "127.0.0.1:8000"}]}
        - {name: large, backend_refs: [{endpoint: "127.0.0.1:8001"}]}
    routing:
      modelCards: [{name: small}, {name: large}]
      signals:
        keywords:
          - {name: urgent, operator: OR, keywords: [urgent]}
          - {name: polite, operator: OR, keywords: [please]}
        context: [{name: long, min_tokens: "4"}]
        language: [{name: en, threshold: 0.5}, {name: de}]
        domains:
          - {name: math, mmlu_categories: [math, physics, chemistry, engineering],
             model_scores: [{model: small, score: 0.2}, {model: large, score: 0.9}]}
          - {name: law, mmlu_categories: [law, history, philosophy, business],
             model_scores: [{model: small, score: 0.9}, {model: large, score: 0.2}]}
          - {name: other, mmlu_categories: [other, health, biology, economics]}
        fact_check: [{name: needs_fact_check}]
        user_feedbacks: [{name: satisfied}, {name: wrong_answer}]
        modality: [{name: AR}, {name: DIFFUSION}]
        jailbreak: [{name: attack, threshold: 0.5, on_error: %s}]
        pii: [{name: private, threshold: 0.5, on_error: %s}]
        embeddings:
          - {name: poem, candidates: [verse, rhyme], threshold: 0.8}
          - {name: story, candidates: [tale, saga], threshold: 0.8}
        complexity:
          - name: effort
            threshold: 0.05
            hard: {candidates: [prove, derive]}
            easy: {candidates: [hello, thanks]}
            composer: {operator: OR, conditions: [{type: %s}, {type: keyword, name: polite}]}
      projections:
        partitions:
          - {name: subject, semantics: %s, temperature: 0.3, members: [math, law, other],
             default: other}
        scores:
          - name: hardness
            method: weighted_sum
            inputs:
    """
        .formatted(
            of("match", "no_match", "fail"),
            of("match", "no_match", "fail"),
            of("keyword, name: urgent", "embedding, name: poem", "domain, name: law"),
            of("exclusive", "softmax_exclusive"));
  }

  private String global() {
    return "global: {router: {strategy: "
        + of("priority", "confidence")
        + ", compatibility: "
        + of("gatun", "gatun", "upstream-0.3")
        + ", signals: {on_failure: "
        + of("default", "default", "open", "closed")
        + "}}, model_catalog: {modules: {modality_detector: {enabled: true, method: classifier,"
        + " classifier: {model_path: m}, confidence_threshold: 0.5}}, embeddings: {semantic:"
        + " {embedding_config: {top_k: "
        + of("0", "1")
        + "}}}}}\n";
  }

  private String rule(int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(5);
    return switch (kind) {
      case 0, 1 -> leaf();
      case 2 -> "{operator: AND, conditions: [" + rules(depth) + "]}";
      case 3 -> "{operator: OR, conditions: [" + rules(depth) + "]}";
      default -> "{operator: NOT, conditions: [" + rule(depth - 1) + "]}";
    };
  }

  private String rules(int depth) {
    List<String> rules = new ArrayList<>();
    for (int i = random.nextInt(2); i >= -1; i--) {
      rules.add(rule(depth - 1));
    }
    return String.join(", ", rules);
  }

  private String leaf() {
    String leaf = random.nextInt(5) == 0 ? of(BANDS) : of(SIGNAL_LEAVES);
    return "{type: " + leaf + of("", "", "", ", on_error: match", ", on_error: no_match") + "}";
  }

  private String of(String... choices) {
    return of(List.of(choices));
  }

  private String of(List<String> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
