package dev.gatun.server.conformance;

import dev.gatun.router.decision.Decision;
import dev.gatun.router.model.Compatibility;
import dev.gatun.router.model.ModelRef;
import dev.gatun.router.rule.Rule;
import dev.gatun.router.signal.Domain;
import dev.gatun.router.signal.Family;
import dev.gatun.router.signal.SignalHits;
import dev.gatun.router.signal.SignalKey;
import dev.gatun.router.signal.SignalTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Decisions and signals of a case, with the looseness of v0.3's evaluator: an unknown operator is
 * OR, a malformed NOT and an unknown type are false, and a type keeps the case it is written in.
 * The loader accepts none of these, so they are built here. What the two semantics differ in is as
 * the loader and the families make it.
 */
final class WrittenRules {
  private final List<Decision> decisions = new ArrayList<>();
  private final Map<SignalKey, String> written = new LinkedHashMap<>();

  private final Compatibility compatibility;

  WrittenRules(List<Input> decisions, Compatibility compatibility) {
    this.compatibility = compatibility;
    for (Input decision : decisions) {
      this.decisions.add(
          new Decision(
              decision.text("name"),
              "",
              decision.whole("priority"),
              decision.whole("tier"),
              root(decision.at("rules")),
              List.of(ModelRef.of("any")),
              Optional.empty(),
              List.of()));
    }
  }

  List<Decision> decisions() {
    return decisions;
  }

  SignalTable table() {
    return SignalTable.of(new ArrayList<>(written.keySet()));
  }

  /** A condition as the case spells it. */
  String written(SignalKey key) {
    return written.getOrDefault(key, key.toString());
  }

  /** Whether a node of a rule tree is a condition on a signal. */
  static boolean isLeaf(Input node) {
    return !node.text("type").isEmpty();
  }

  static String operator(Input node) {
    String operator = node.text("operator").toUpperCase(Locale.ROOT);
    return operator.equals("AND") || operator.equals("NOT") ? operator : "OR";
  }

  /** The signals of a case, for the conditions of these rules. */
  SignalHits hits(Input signals, List<Domain> domains) {
    SignalHits.Recorder recorder = new SignalHits.Recorder(table());
    Input confidences = signals.at("confidences");
    signals
        .members("matched")
        .forEach((type, list) -> {
          Family family =
              Family.ofType(type).orElseThrow(() -> new Refused("no signal type " + type));
          List<String> names = list.texts();
          if (family == Family.DOMAIN) {
            domains.forEach(domain -> alias(domain, names, confidences, recorder));
          }
          for (String name : names) {
            SignalKey key = new SignalKey(family, name);
            record(recorder, key, Confidences.of(key, confidences, compatibility));
          }
        });
    signals
        .members("values")
        .forEach(
            (name, value) -> recorder.value(WrittenProjections.key(name), value.json().asDouble()));
    return recorder.finish();
  }

  /** A domain holds by the labels that it lists, whose case upstream minds. */
  private void alias(
      Domain domain, List<String> names, Input confidences, SignalHits.Recorder recorder) {
    boolean upstream = compatibility == Compatibility.UPSTREAM_0_3;
    names.stream()
        .filter(name ->
            domain.mmluCategories().stream()
                .anyMatch(c -> upstream ? c.equals(name) : c.equalsIgnoreCase(name)))
        .map(name -> new SignalKey(Family.DOMAIN, name))
        .mapToDouble(key -> upstream ? 0 : Confidences.of(key, confidences, compatibility))
        .max()
        .ifPresent(confidence -> record(recorder, domain.key(), confidence));
  }

  private void record(SignalHits.Recorder recorder, SignalKey key, double confidence) {
    written.forEach((condition, text) -> {
      boolean same =
          condition.family() == key.family()
              && text.substring(text.indexOf(':') + 1).equals(key.name());
      if (same) {
        recorder.holds(condition, confidence);
      }
    });
  }

  /** A root without conditions holds for every request, but for none in v0.3. */
  private Rule root(Input node) {
    boolean isEmpty = !isLeaf(node) && node.items("conditions").isEmpty();
    return isEmpty && compatibility == Compatibility.GATUN ? Rule.always() : rule(node);
  }

  private Rule rule(Input node) {
    return isLeaf(node)
        ? condition(node)
        : composite(node, node.items("conditions").stream().map(this::rule).toList());
  }

  /** A node over its children. */
  static Rule composite(Input node, List<Rule> children) {
    return switch (operator(node)) {
      case "AND" -> new Rule.All(children);
      case "NOT" -> children.size() == 1 ? Rule.not(children.getFirst()) : Rule.never();
      default -> new Rule.Any(children);
    };
  }

  /** Each spelling of a type is a condition of its own, so that answers can repeat it. */
  private Rule condition(Input node) {
    String type = node.text("type");
    String label = node.text("label");
    String name = node.text("name") + (label.isEmpty() ? "" : ":" + label);
    Optional<Family> family = Family.ofType(type);
    if (family.isEmpty()) {
      return Rule.never();
    }
    String text = type + ":" + name;
    boolean usual = family.get().type().equals(type);
    SignalKey key = new SignalKey(family.get(), usual ? name : text);
    written.put(key, text);
    return node.has("predicate")
        ? new Rule.Measured(key, WrittenProjections.predicate(node.at("predicate")))
        : Rule.on(key);
  }
}
