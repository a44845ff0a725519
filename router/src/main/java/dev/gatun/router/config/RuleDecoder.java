package dev.gatun.router.config;

import dev.gatun.router.config.Node.Mapping;
import dev.gatun.router.config.Node.Sequence;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Family;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads rule trees into the strict form: every operator known, every NOT of one, every leaf
 * declared. What cannot be brought into that form is an error here, so it cannot occur later.
 */
final class RuleDecoder {
  private static final String NESTED = ".conditions[";
  private static final List<String> OPERATORS = List.of("AND", "OR", "NOT");
  private static final Set<Family> COMPOSABLE =
      EnumSet.complementOf(EnumSet.of(Family.COMPLEXITY, Family.PROJECTION));

  private final ShapeCheck check;
  private final DeclaredNames names;
  private final Compatibility compatibility;

  RuleDecoder(ShapeCheck check, DeclaredNames names, Compatibility compatibility) {
    this.check = check;
    this.names = names;
    this.compatibility = compatibility;
  }

  /** Whose rules are read: what they may name, and what a missing operator stands for. */
  private record Owner(String words, String operator, Set<Family> families) {}

  boolean isUpstream() {
    return compatibility == Compatibility.UPSTREAM_0_3;
  }

  /** The rule of a decision. */
  Rule root(Section decision, String name) {
    Owner owner = new Owner("decision \"" + name + "\"", "OR", EnumSet.allOf(Family.class));
    Section section = decision.section("rules");
    if (section.text("type").isPresent()) {
      return Rule.all(leaf(section, owner));
    }
    Optional<String> operator = operator(section, owner);
    if (conditions(section).isEmpty() && !operator.orElse("").equals("NOT")) {
      return isUpstream() ? ofNothing(operator) : Rule.always();
    }
    return composite(section, operator, owner);
  }

  /** Upstream takes AND of nothing for true and every other operator of nothing for false. */
  private static Rule ofNothing(Optional<String> operator) {
    return operator.orElse("").equals("AND") ? Rule.always() : Rule.never();
  }

  /** What must hold besides for a rule of the family complexity to say anything. */
  Rule composer(Section complexity, String name) {
    String words = "the composer of complexity rule \"" + name + "\"";
    Section section = complexity.section("composer");
    Owner owner = new Owner(words, "AND", COMPOSABLE);
    if (section.text("type").isPresent()) {
      return leaf(section, owner);
    }
    boolean isWritten = section.has("operator") || section.has("conditions");
    return isWritten ? group(section, owner) : Rule.always();
  }

  /** A condition under a key of something else; it must say something. */
  Rule condition(Section parent, String key, String words) {
    Owner owner = new Owner(words, "OR", EnumSet.allOf(Family.class));
    return parent
        .value(key)
        .map(node -> rule(node, parent.path() + "." + key, parent, owner))
        .orElse(Rule.never());
  }

  private Rule rule(Node node, String path, Section parent, Owner owner) {
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
      return leaf(section, owner);
    }
    return group(section, owner);
  }

  private Rule group(Section section, Owner owner) {
    Optional<String> operator = operator(section, owner);
    if (conditions(section).isEmpty()) {
      section.unnoticed(
          "conditions",
          "a group without conditions in " + owner.words + " decides nothing",
          "add conditions, or remove the group");
      return ofNothing(operator);
    }
    return composite(section, operator, owner);
  }

  private Rule composite(Section section, Optional<String> operator, Owner owner) {
    List<Rule> children = new ArrayList<>();
    List<Node> conditions = conditions(section);
    for (int i = 0; i < conditions.size(); i++) {
      String path = section.path() + ".conditions[" + i + "]";
      children.add(rule(conditions.get(i), path, section, owner));
    }
    if (operator.isEmpty()) {
      return Rule.never();
    }
    return switch (operator.get()) {
      case "AND" -> new Rule.All(children);
      case "NOT" -> not(section, children, owner);
      default -> new Rule.Any(children);
    };
  }

  private static Rule not(Section section, List<Rule> children, Owner owner) {
    if (children.size() != 1) {
      section.unnoticed(
          "operator",
          "NOT in " + owner.words + " has " + children.size() + " conditions, not one",
          "give it one condition; for \"none of these\" negate an OR");
      return Rule.never();
    }
    return new Rule.Not(children.getFirst());
  }

  /** The operator in upper case; when it is none, that of the owner, as v0.3, and reported. */
  private static Optional<String> operator(Section section, Owner owner) {
    String written = section.text("operator").orElse("");
    String operator = written.strip().toUpperCase(Locale.ROOT);
    if (operator.isEmpty()) {
      if (section.has("conditions")) {
        section.warning(
            "conditions",
            "these conditions have no operator and are read as " + owner.operator,
            "write it");
      }
      return Optional.of(owner.operator).filter(or -> section.has("conditions"));
    }
    if (!OPERATORS.contains(operator)) {
      section.unnoticed(
          "operator",
          "\"" + written + "\" is no operator of rules",
          operator.equals("NOR")
              ? "write NOT around an OR"
              : Report.didYouMean(operator, OPERATORS, "write AND, OR or NOT"));
      return Optional.of(owner.operator);
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

  private Rule leaf(Section section, Owner owner) {
    String type = section.text("type").orElse("");
    if (section.has("operator") || section.has("conditions")) {
      section.unnoticed(
          "type",
          "a condition of " + owner.words + " has both a type and an operator",
          "write either type and name, or operator and conditions");
    }
    Optional<Family> family = Family.ofType(type);
    if (family.isEmpty()) {
      String message = "\"" + type + "\" is no type of condition (" + owner.words + ")";
      if (type.strip().equalsIgnoreCase("latency")) {
        latency(section, message);
      } else {
        String all = "write one of " + String.join(", ", Family.types());
        section.unnoticed("type", message, Report.didYouMean(type, Family.types(), all));
      }
      return Rule.never();
    }
    if (!owner.families.contains(family.get())) {
      return refused(section, family.get(), owner);
    }
    return new LeafDecoder(section, family.get(), owner.words, names).rule();
  }

  /** Which v0.3 refuses at the first level only; further down such a condition never holds. */
  private static void latency(Section section, String message) {
    String hint = "choose by latency with algorithm: {type: latency_aware}";
    boolean isFirst = section.path().indexOf(NESTED) == section.path().lastIndexOf(NESTED);
    if (isFirst) {
      section.error("type", message, hint);
    } else {
      section.unnoticed("type", message, hint);
    }
  }

  /** Upstream takes what a composer cannot see for false. */
  private Rule refused(Section section, Family family, Owner owner) {
    String message = owner.words + " cannot ask for the family " + family.type();
    String hint = "remove the condition, or put it into the rules of a decision";
    if (isUpstream()) {
      section.warning("type", message + ", so the condition is never true", hint);
    } else {
      section.error("type", message, hint);
    }
    return Rule.never();
  }
}
