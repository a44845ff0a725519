package dev.gatun.router.config;

import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.Predicate;
import dev.gatun.router.signal.SignalKey;
import java.util.List;
import java.util.Optional;

/**
 * Reads one condition of a known family: the signal it names, and how that is looked at.
 *
 * @param owner whose condition it is, in words
 */
record LeafDecoder(Section section, Family family, String owner, DeclaredNames names) {
  Rule rule() {
    String name = section.text("name").orElse("");
    Optional<String> label = section.text("label");
    Optional<Predicate> predicate = PredicateDecoder.predicate(section);
    String full = label.map(part -> name + ":" + part).orElse(name);
    boolean isMeasured = predicate.isPresent();
    checkName(isMeasured && !names.of(family).contains(full) ? name : full, isMeasured);
    SignalKey key = new SignalKey(family, full);
    Rule leaf = predicate.<Rule>map(p -> new Rule.Measured(key, p)).orElseGet(() -> Rule.on(key));
    if (isMeasured && predicate.get().isUnbounded()) {
      section.error("predicate", "the predicate has no bounds", "write gt, gte, lt or lte");
    }
    return section
        .word("on_error")
        .<Rule>map(word -> new Rule.Despite(leaf, family, word.equals("match")))
        .orElse(leaf);
  }

  private void checkName(String name, boolean isMeasured) {
    List<String> declared = isMeasured ? names.inputs(family) : names.of(family);
    boolean implied = family == Family.DOMAIN && declared.isEmpty();
    if (name.isEmpty()) {
      String message = "a condition of " + owner + " has no name";
      tell(message, "name a signal");
    } else if (!implied && !declared.contains(name)) {
      String message =
          owner + " names the " + family.type() + " \"" + name + "\", which is not declared";
      String hint = Report.didYouMean(name, declared, advice(family));
      tell(message, hint);
    }
  }

  /** Of other families v0.3 takes any name, and the condition never holds. */
  private void tell(String message, String hint) {
    if (family == Family.DOMAIN || family == Family.PROJECTION) {
      section.error("name", message, hint);
    } else {
      section.unnoticed("name", message, hint);
    }
  }

  private static String advice(Family family) {
    return switch (family) {
      case PROJECTION -> "declare it as an output under routing.projections.mappings";
      case AUTHZ -> "declare a binding with this role under routing.signals.role_bindings";
      case COMPLEXITY -> "write the rule's name with :easy, :medium or :hard";
      case CONTEXT,
          CONVERSATION,
          DOMAIN,
          EMBEDDING,
          EVENT,
          FACT_CHECK,
          JAILBREAK,
          KB,
          KEYWORD,
          LANGUAGE,
          MODALITY,
          PII,
          PREFERENCE,
          REASK,
          STRUCTURE,
          USER_FEEDBACK ->
          "declare it under routing.signals." + family.configKey();
    };
  }
}
