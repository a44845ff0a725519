package dev.gatun.server.conformance;

import dev.gatun.router.decision.Decision;
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
 * The loader accepts none of these, so they are built here.
 */
final class WrittenRules {
  private final List<Decision> decisions = new ArrayList<>();
  private final Map<SignalKey, String> written = new LinkedHashMap<>();

  WrittenRules(List<Input> decisions) {
    for (Input decision : decisions) {
      this.decisions.add(
          new Decision(
              decision.text("name"),
              "",
              decision.whole("priority"),
              decision.whole("tier"),
              rule(decision.at("rules")),
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
            domains.stream()
                .filter(domain -> domain.mmluCategories().stream().anyMatch(names::contains))
                .forEach(domain -> record(recorder, domain.key(), 0));
          }
          for (String name : names) {
            SignalKey key = new SignalKey(family, name);
            record(recorder, key, confidences.number(key.toString()));
          }
        });
    return recorder.finish();
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

  private Rule rule(Input node) {
    if (isLeaf(node)) {
      return condition(node.text("type"), node.text("name"));
    }
    List<Rule> children = node.items("conditions").stream().map(this::rule).toList();
    return switch (operator(node)) {
      case "AND" -> new Rule.All(children);
      case "NOT" -> children.size() == 1 ? Rule.not(children.getFirst()) : Rule.never();
      default -> new Rule.Any(children);
    };
  }

  /** Each spelling of a type is a condition of its own, so that answers can repeat it. */
  private Rule condition(String type, String name) {
    Optional<Family> family = Family.ofType(type);
    if (family.isEmpty()) {
      return Rule.never();
    }
    String text = type + ":" + name;
    boolean usual = family.get().type().equals(type);
    SignalKey key = new SignalKey(family.get(), usual ? name : text);
    written.put(key, text);
    return Rule.on(key);
  }
}
