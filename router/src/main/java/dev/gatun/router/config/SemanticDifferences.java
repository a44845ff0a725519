package dev.gatun.router.config;

import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.decision.Decision;
import dev.gatun.router.decision.Strategy;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.projection.Uses;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds the rules of a file that give another result under the other semantics: the closed list of
 * the specification, applied to what the decisions of the file need.
 */
final class SemanticDifferences {
  private static final int PROTOTYPES_DEFAULT = 8;
  private static final String CALIBRATED = "; calibrated probabilities";
  private static final String UNCALIBRATED = "; raw probabilities";

  private final ReadProfile profile;
  private final RouterConfig config;
  private final Set<Family> used;
  private final Set<Family> usedUpstream;
  private final List<SemanticDifference> found = new ArrayList<>();

  private SemanticDifferences(ReadProfile profile) {
    this.profile = profile;
    config = profile.config();
    List<Rule> rules = profile.decisions().stream().map(Decision::rule).toList();
    used = families(rules, Compatibility.GATUN);
    usedUpstream = families(rules, Compatibility.UPSTREAM_0_3);
  }

  private Set<Family> families(List<Rule> rules, Compatibility compatibility) {
    return Uses.of(rules, profile.routing().projections(), compatibility).stream()
        .map(SignalKey::family)
        .collect(Collectors.toSet());
  }

  /** The differences of a file, in its order. */
  static List<SemanticDifference> of(List<ReadProfile> profiles) {
    return profiles.stream()
        .flatMap(profile -> new SemanticDifferences(profile).find().stream())
        .sorted(
            Comparator.<SemanticDifference>comparingInt(d -> d.position().line())
                .thenComparingInt(d -> d.position().column()))
        .distinct()
        .toList();
  }

  private List<SemanticDifference> find() {
    requestFacts();
    classifiers();
    TextDifferences.of(profile, this::rules, found::add);
    prototypes();
    found.addAll(ProjectionDifferences.of(profile, used, usedUpstream));
    decisions();
    identity();
    found.addAll(DetailDifferences.of(profile, this::rules));
    windows();
    reasoning();
    return found;
  }

  private void add(Section rule, String point, String ours, String upstream) {
    found.add(new SemanticDifference(rule.position(), rule.path(), point, ours, upstream));
  }

  /** The declared rules of families that decisions need. */
  @FunctionalInterface
  interface Rules {
    List<Section> of(Family family);
  }

  /** The declared rules of a family, when some decision needs that family. */
  private List<Section> rules(Family family) {
    return used.contains(family) ? profile.signals().sections(family.configKey()) : List.of();
  }

  private void requestFacts() {
    for (Section rule : rules(Family.CONTEXT)) {
      add(
          rule,
          "context text",
          "counts everything that is sent to the model",
          "counts messages that are not the user's, and the last of the user");
      if (rule.text("max_tokens").isEmpty()) {
        add(rule, "context without max_tokens", "has no upper bound", "never matches");
      }
    }
    for (Section rule : rules(Family.CONVERSATION)) {
      Section predicate = rule.section("predicate");
      boolean bounded =
          List.of("gt", "gte", "lt", "lte").stream().anyMatch(key -> predicate.has(key));
      if (rule.section("feature").word("type").orElse("").equals("count") && !bounded) {
        add(rule, "count without predicate", "is an error", "always matches");
      }
    }
  }

  private void classifiers() {
    rules(Family.DOMAIN)
        .forEach(rule ->
            add(
                rule,
                "domain",
                "judges the whole distribution and how decided it is" + CALIBRATED,
                "only the first label" + UNCALIBRATED));
    domainTool();
    rules(Family.FACT_CHECK)
        .forEach(rule ->
            add(
                rule,
                "fact_check",
                "its probability, and neither outcome when the model fails" + CALIBRATED,
                "1.0, and no_fact_check_needed when the model fails" + UNCALIBRATED));
    for (Section rule : rules(Family.USER_FEEDBACK)) {
      boolean satisfied = rule.text("name").orElse("").equals("satisfied");
      add(
          rule,
          "user_feedback",
          (satisfied ? "does not hold below the threshold" : "as the model says") + CALIBRATED,
          (satisfied ? "also holds below the threshold" : "as the model says") + UNCALIBRATED);
    }
    rules(Family.PII)
        .forEach(rule ->
            add(
                rule,
                "pii",
                "the score of a span is the mean of its tokens" + CALIBRATED,
                "a running pairwise mean" + UNCALIBRATED));
    for (Family family : List.of(Family.JAILBREAK, Family.MODALITY)) {
      if (config.asksClassifier(profile.routing(), family)) {
        rules(family)
            .forEach(rule ->
                add(rule, "class probabilities", "calibrated probabilities", "raw probabilities"));
      }
    }
  }

  /** Rules that examples or parts decide alone do not ask it. */
  private void domainTool() {
    Section catalog = profile.root().section("global").section("model_catalog");
    if (!McpDecoder.section(catalog).flag("enabled", false)
        || !Domain.askClassifier(profile.routing().domains())) {
      return;
    }
    boolean isLocal = McpDecoder.hasLocal(catalog);
    rules(Family.DOMAIN)
        .forEach(rule ->
            add(
                rule,
                "domain tool",
                isLocal ? "asks the MCP tool where the classifier is unsure" : "asks the MCP tool",
                isLocal ? "asks the classifier alone" : "never holds: no classifier is named"));
  }

  /** Of more examples than are kept, each semantics keeps others. */
  private void prototypes() {
    Section catalog = profile.root().section("global").section("model_catalog");
    Section modules = catalog.section("modules");
    Section embedding =
        catalog.section("embeddings").section("semantic").section("embedding_config");
    int most = most(embedding);
    rules(Family.EMBEDDING).forEach(rule -> cut(rule, rule.scalars("candidates").size(), most));
    int preferences = most(modules.section("classifier").section("preference"));
    rules(Family.PREFERENCE)
        .forEach(rule -> cut(rule, rule.scalars("examples").size(), preferences));
    int difficulties = most(modules.section("complexity"));
    for (Section rule : rules(Family.COMPLEXITY)) {
      int examples =
          Math.max(
              rule.section("hard").scalars("candidates").size(),
              rule.section("easy").scalars("candidates").size());
      cut(rule, examples, difficulties);
    }
  }

  private static int most(Section module) {
    Section scoring = module.section("prototype_scoring");
    return scoring.flag("enabled", true)
        ? scoring.integer("max_prototypes").orElse(PROTOTYPES_DEFAULT)
        : Integer.MAX_VALUE;
  }

  private void cut(Section rule, int examples, int most) {
    if (most > 0 && examples > most) {
      add(
          rule,
          "prototype cut",
          "keeps the " + most + " of " + examples + " examples that cover the others best",
          "keeps the first " + most + " by the alphabet");
    }
  }

  private void decisions() {
    List<Section> sections = profile.winning();
    boolean tiers = sections.stream().anyMatch(section -> tier(section) > 0);
    for (Section section : sections) {
      Section rules = section.section("rules");
      // An AND of nothing holds for both.
      boolean isAnd = rules.text("operator").orElse("").equalsIgnoreCase("AND");
      if (!rules.has("type") && !hasConditions(rules) && !isAnd) {
        add(section, "no conditions", "always matches", "never matches");
      }
      if (tiers && tier(section) == 0) {
        add(section, "tiers", "without a tier it comes last", "without a tier it comes first");
      }
      section.sections("plugins").stream()
          .filter(plugin -> plugin.text("type").orElse("").equals("tool_selection"))
          .filter(SemanticDifferences::isAdding)
          .forEach(plugin ->
              add(plugin, "tool_selection add", "adds tools", "replaces the tools of the client"));
    }
    if (config.strategy(profile.routing()) == Strategy.CONFIDENCE) {
      add(
          profile.ordering(),
          "confidences",
          "every family records its confidence, and 0 stays 0",
          "a confidence that is 0 or not there counts as 1.0");
    }
  }

  private static int tier(Section decision) {
    return decision.integer("tier").orElse(0);
  }

  private static boolean hasConditions(Section rules) {
    Optional<Node> conditions = rules.value("conditions");
    return conditions.isPresent()
        && !(conditions.get() instanceof Sequence list && list.items().isEmpty());
  }

  private static boolean isAdding(Section plugin) {
    return plugin
        .value("configuration")
        .flatMap(node -> node instanceof Node.Mapping map ? map.value("mode") : Optional.empty())
        .map(node -> node instanceof Node.Scalar mode && mode.text().equals("add"))
        .orElse(true);
  }

  private void windows() {
    Set<String> known =
        profile.root().section("routing").sections("modelCards").stream()
            .filter(card -> card.whole("context_window_size").orElse(0) > 0)
            .flatMap(card -> card.text("name").stream())
            .collect(Collectors.toSet());
    for (Section decision : profile.winning()) {
      List<Section> candidates = decision.sections("modelRefs");
      boolean isBounded =
          candidates.stream()
              .flatMap(candidate -> candidate.text("model").stream())
              .flatMap(model -> config.baseOf(model).stream())
              .anyMatch(known::contains);
      if (candidates.size() > 1 && isBounded) {
        add(
            decision,
            "context window",
            "passes over models that a request surely does not fit into",
            "chooses as if every request fitted");
      }
    }
  }

  private void reasoning() {
    Section defaults = profile.root().section("providers").section("defaults");
    if (defaults.has("reasoning_families")) {
      add(
          defaults,
          "reasoning_effort",
          "stays as the client wrote it for models without a family; none is asked for while"
              + " reasoning is off",
          "is taken out for models without a family; low is asked for while reasoning is off");
    }
  }

  private void identity() {
    if (config.listeners().stream().noneMatch(Listener::trustIdentityHeaders)) {
      rules(Family.AUTHZ)
          .forEach(rule ->
              add(
                  rule,
                  "identity headers",
                  "count on trusted listeners only, and none is",
                  "count on every listener"));
    }
  }
}
