package dev.gatun.router.config;

import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.decision.Rule;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads rule trees into the strict form: every operator known, every NOT of one, every leaf
 * declared. What cannot be brought into that form is an error here, so it cannot occur later.
 */
final class RuleDecoder {
  private static final List<String> OPERATORS = List.of("AND", "OR", "NOT");

  private final ShapeCheck check;
  private final DeclaredNames names;
  private final Compatibility compatibility;

  RuleDecoder(ShapeCheck check, DeclaredNames names, Compatibility compatibility) {
    this.check = check;
    this.names = names;
    this.compatibility = compatibility;
  }

  /** The rule of a decision. */
  Rule root(Section decision, String name) {
    Section section = decision.section("rules");
    if (section.text("type").isPresent()) {
      return Rule.all(leaf(section, name));
    }
    Optional<String> operator = operator(section);
    if (conditions(section).isEmpty() && !operator.orElse("").equals("NOT")) {
      // Upstream takes AND of nothing for true and every other operator of nothing for false.
      boolean never =
          compatibility == Compatibility.UPSTREAM_0_3 && !operator.orElse("").equals("AND");
      return never ? Rule.never() : Rule.always();
    }
    return composite(section, operator, name);
  }

  private Rule rule(Node node, String path, Section parent, String decision) {
    if (!(node instanceof Mapping mapping)) {
      parent
          .report()
          .error(
              node.position(),
              path,
              "a condition is a mapping",
              "write type and name, or operator and conditions");
      return Rule.never();
    }
    check.check(mapping, DecisionSchema.RULE, path);
    Section section = new Section(mapping, DecisionSchema.RULE, path, parent.report());
    if (section.text("type").isPresent()) {
      return leaf(section, decision);
    }
    Optional<String> operator = operator(section);
    if (conditions(section).isEmpty()) {
      section.error(
          "conditions",
          "a group without conditions in decision \"" + decision + "\" decides nothing",
          "add conditions, or remove the group");
      return Rule.never();
    }
    return composite(section, operator, decision);
  }

  private Rule composite(Section section, Optional<String> operator, String decision) {
    List<Rule> children = new ArrayList<>();
    List<Node> conditions = conditions(section);
    for (int i = 0; i < conditions.size(); i++) {
      String path = section.path() + ".conditions[" + i + "]";
      children.add(rule(conditions.get(i), path, section, decision));
    }
    if (operator.isEmpty()) {
      return Rule.never();
    }
    return switch (operator.get()) {
      case "AND" -> new Rule.All(children);
      case "NOT" -> not(section, children, decision);
      default -> new Rule.Any(children);
    };
  }

  private static Rule not(Section section, List<Rule> children, String decision) {
    if (children.size() != 1) {
      section.error(
          "operator",
          "NOT in decision \"" + decision + "\" has " + children.size() + " conditions, not one",
          "give it one condition; for \"none of these\" negate an OR");
      return Rule.never();
    }
    return new Rule.Not(children.getFirst());
  }

  /** The operator in upper case; empty, and reported, when it is none. */
  private static Optional<String> operator(Section section) {
    String written = section.text("operator").orElse("");
    String operator = written.strip().toUpperCase(Locale.ROOT);
    if (operator.isEmpty()) {
      if (section.has("conditions")) {
        section.warning(
            "conditions", "these conditions have no operator and are read as OR", "write it");
      }
      return Optional.of("OR").filter(or -> section.has("conditions"));
    }
    if (!OPERATORS.contains(operator)) {
      section.error(
          "operator",
          "\"" + written + "\" is no operator of rules",
          operator.equals("NOR")
              ? "write NOT around an OR"
              : Report.didYouMean(operator, OPERATORS, "write AND, OR or NOT"));
      return Optional.empty();
    }
    return Optional.of(operator);
  }

  private static List<Node> conditions(Section section) {
    Optional<Node> node = section.value("conditions");
    if (node.isPresent() && node.get() instanceof Sequence(Position at, List<Node> items)) {
      return items;
    }
    if (node.isPresent()) {
      section.error("conditions", "conditions is a list", "begin each condition with a dash");
    }
    return List.of();
  }

  private Rule leaf(Section section, String decision) {
    String type = section.text("type").orElse("");
    if (section.has("operator") || section.has("conditions")) {
      section.error(
          "type",
          "a condition of decision \"" + decision + "\" has both a type and an operator",
          "write either type and name, or operator and conditions");
    }
    Optional<Family> family = Family.ofType(type);
    if (family.isEmpty()) {
      boolean legacy = type.strip().equalsIgnoreCase("latency");
      section.error(
          "type",
          "\"" + type + "\" is no type of condition (decision \"" + decision + "\")",
          legacy
              ? "choose by latency with algorithm: {type: latency_aware}"
              : Report.didYouMean(
                  type, Family.types(), "write one of " + String.join(", ", Family.types())));
      return Rule.never();
    }
    String name = section.text("name").orElse("");
    checkName(section, family.get(), name, decision);
    return Rule.on(new SignalKey(family.get(), name));
  }

  private void checkName(Section section, Family family, String name, String decision) {
    List<String> declared = names.of(family);
    boolean implied = family == Family.DOMAIN && declared.isEmpty();
    if (name.isEmpty()) {
      section.error(
          "name", "a condition of decision \"" + decision + "\" has no name", "name a signal");
    } else if (!implied && !declared.contains(name)) {
      section.error(
          "name",
          "decision \""
              + decision
              + "\" names the "
              + family.type()
              + " \""
              + name
              + "\", which is not declared",
          Report.didYouMean(name, declared, advice(family)));
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
