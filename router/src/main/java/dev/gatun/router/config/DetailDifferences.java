package dev.gatun.router.config;

import dev.gatun.router.config.SemanticDifferences.Rules;
import dev.gatun.router.port.ModelRole;
import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds rules whose details the specification of their family gives another meaning here: events,
 * roles of groups, how sure a medium difficulty is, and guards.
 */
final class DetailDifferences {
  private final ReadProfile profile;
  private final Rules rules;
  private final List<SemanticDifference> found = new ArrayList<>();

  private DetailDifferences(ReadProfile profile, Rules rules) {
    this.profile = profile;
    this.rules = rules;
  }

  static List<SemanticDifference> of(ReadProfile profile, Rules rules) {
    DetailDifferences differences = new DetailDifferences(profile, rules);
    differences.events();
    differences.groups();
    differences.difficulties();
    differences.guards();
    return differences.found;
  }

  private void add(Section rule, String point, String ours, String upstream) {
    found.add(new SemanticDifference(rule.position(), rule.path(), point, ours, upstream));
  }

  /** Spec signals §7, §20.3. */
  private void events() {
    rules
        .of(Family.EVENT)
        .forEach(rule ->
            add(
                rule,
                "events",
                "reads fields and times of JSON objects, and time-sensitive with a space, a hyphen"
                    + " or nothing between",
                "looks for words alone, any character between"));
  }

  /** Spec signals §1. */
  private void groups() {
    List<Section> bindings = rules.of(Family.AUTHZ);
    boolean areGroups =
        bindings.stream()
            .flatMap(binding -> binding.sections("subjects").stream())
            .allMatch(subject -> subject.text("kind").orElse("").equalsIgnoreCase("group"));
    if (areGroups) {
      bindings.forEach(binding ->
          add(
              binding,
              "roles of groups",
              "needs groups, and no user id",
              "needs a user id, and refuses whoever has groups alone"));
    }
  }

  /** Spec signals §2. */
  private void difficulties() {
    rules
        .of(Family.COMPLEXITY)
        .forEach(rule ->
            add(
                rule,
                "complexity medium",
                "is the surer, the nearer the margin is to 0",
                "is as sure as the margin is large"));
  }

  /** Spec signals §9. */
  private void guards() {
    boolean isAsked =
        profile
            .config()
            .rolesAsked(profile.routing(), Family.JAILBREAK)
            .contains(ModelRole.GUARDRAIL);
    for (Section rule : rules.of(Family.JAILBREAK)) {
      if (rule.text("method").orElse("").equals("hybrid")) {
        add(
            rule,
            "hybrid",
            "classifier or patterns, whichever is surer",
            "the classifier alone; patterns are ignored");
      }
      if (isAsked) {
        add(
            rule,
            "guard's reply",
            "one that cannot be read is a failure",
            "one that cannot be read is safe");
      }
    }
  }
}
